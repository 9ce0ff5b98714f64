"""Finding messages: filters as you type, sorting, folders, searches that are kept."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textual import on, work
from textual.reactive import var
from textual.worker import Worker, WorkerCancelled

from sacterm.errors import StoreFailed
from sacterm.mailbox.addresses import PUBLIC_KEEPS, keeping
from sacterm.mailbox.finding import NEWEST, ORDERS, Found, Order
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, View, ViewKind
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import empty, wording
from sacterm.tui.screens.base import BaseScreen
from sacterm.tui.widgets.find_bar import FindBar

if TYPE_CHECKING:
    from sacterm.mailbox.search import Query

FIND = "find"
_TITLES = {ViewKind.ALL: "All mail", ViewKind.STARRED: "Starred"}


class FindingActions(BaseScreen):
    """State: what is searched for in the view, and in which order it is shown."""

    _wanted = ""
    _order: Order = NEWEST
    _is_anew = False  # the list still shows something else than what is being searched for
    _search: Worker[None] | None = None
    _search_again = False  # something changed since the search under way began

    folders_shown: var[bool] = var(False, init=False)

    # what the list shows

    def _show_list(self) -> None:
        """Show the view from its first message."""
        self._select_none()
        self._show_edges()
        self._is_anew = not self._is_plain()
        if self._is_anew:
            self._find()
            if not self._find_bar.has_focus_within:
                self.has_opened.clear()  # the keys that follow are for what will be found
        else:
            self._list_plain()

    def _look_at_list(self) -> None:
        """Show what the list shows as it is now."""
        self._show_edges()
        if self._is_plain():
            self._messages.remark = self._remark()
            self._messages.look_again()
            self._leave_out_unseen()
        elif self._search and not self._search.is_finished:
            self._search_again = True  # begun anew each time, it would never come to its end
        else:
            self._find()

    async def _list_as_it_is(self) -> None:
        """Show what the list shows as it is now, and wait until it is shown."""
        self._look_at_list()
        while not self._is_plain() and self._search and not self._search.is_finished:
            with contextlib.suppress(WorkerCancelled):
                await self._search.wait()

    def _chosen(self) -> list[str]:
        return [] if self._is_anew else super()._chosen()

    def _leave_out_unseen(self) -> None:
        """Nothing is selected that is not in the list any longer."""
        if self._selection and (gone := self._selection - self._messages.among(self._selection)):
            self._selection -= gone
            self._messages.show_selection()

    def _is_plain(self) -> bool:
        """Whether the store keeps the list ready by itself."""
        return not self._search_text().strip() and self._order == NEWEST

    def _search_text(self) -> str:
        if self._wanted or self.view.kind is not ViewKind.SEARCH:
            return self._wanted
        return self.view.name

    def _list_plain(self) -> None:
        self._find_bar.explain(DisplayText(""))
        self.workers.cancel_group(self, FIND)
        self.has_opened.set()
        self._list_from(self._session.store)

    def _list_from(self, source: Store | Found) -> None:
        title = _TITLES.get(self.view.kind, display_line(self.view.name, 320))
        several = self.view.kind is not ViewKind.INBOX
        if self._wanted.strip():
            title = DisplayText(f"{title} · “{display_line(self._wanted, 60)}”")
        self._messages.remark = self._remark()
        self._messages.show(source, self.view, DisplayText(title), several=several)

    def _remark(self) -> str:
        """The order of the list, or what is kept of a public inbox and for how long."""
        store = self._session.store
        if self._order != NEWEST:
            return f"by {self._order.name}"
        if self.view.kind is not ViewKind.INBOX or store.is_mine(self.view.name):
            return ""
        kept = keeping(store.page(self.view, 0, PUBLIC_KEEPS), self._session.now())
        return f"{kept.kept}, oldest goes in {kept.left}" if kept else ""

    def _find(self) -> None:
        self._search_again = False
        self._search = self._search_and_show()

    @work(group=FIND, exclusive=True)
    async def _search_and_show(self) -> None:
        try:
            query, store = self._query(), self._session.store
            first = None
            if self._is_anew and self._order == NEWEST:
                more_than_seen = self._messages.page_height + 1
                first = await store.find_first(self.view, query, more_than_seen)
            if first is not None:
                self._list_from(first)
            found = await store.find(self.view, query, self._order)
            if self._is_anew and first is None:
                self._list_from(found)
            else:
                self._messages.look_again(found)
                self._leave_out_unseen()
            self._is_anew = False
        except StoreFailed as error:
            self._complain(error)
            self.has_opened.set()
            return
        self.has_opened.set()
        self._find_bar.explain(display_line(" · ".join(query.problems), 300))
        if self._search_again:
            self.call_later(self._find)

    def _query(self) -> Query:
        return self._session.query(self._search_text())

    def _show_edges(self) -> None:
        older = self.view == ALL and self._is_plain() and self._session.has_older
        loads = f"{self._key('load-older')} loads 1,000 more"
        edge = DisplayText(f"older mail is at Mailsac · {loads} · 1 op" if older else "")
        self._messages.set_edges(older=edge, empty=self._empty_text())

    def _empty_text(self) -> tuple[DisplayText, ...]:
        session, view = self._session, self.view
        if self._search_text().strip():
            return empty.found(self._key, online=session.status.online, by_hand=bool(self._wanted))
        public = view.kind is ViewKind.INBOX and self._is_public()
        return empty.mail(
            self._key,
            view,
            session.status,
            public=public,
            asked=public and any(i.listed for i in session.store.watched() if i.email == view.name),
            liveness=session.liveness(view.name),
        )

    # finding

    def action_find(self) -> None:
        self._find_bar.open(self._search_text())
        if self._is_plain():
            self._read_ahead()

    @work(group=FIND, exclusive=True)
    async def _read_ahead(self) -> None:
        # the way through the view, most of what the first key would wait for
        with contextlib.suppress(StoreFailed):  # whoever searches tells of it
            await self._session.store.find(self.view, self._query())
            await self._session.store.find_first(self.view, self._query(), 0)

    @on(FindBar.Changed)
    def _search_for(self, event: FindBar.Changed) -> None:
        if event.text != self._search_text():
            self._wanted = event.text
            if self.view.kind is ViewKind.SEARCH:
                self.view = ALL
            else:
                with self._told():
                    self._show_list()

    @on(FindBar.Left)
    def _leave_field(self, event: FindBar.Left) -> None:
        if event.clear or not self._search_text().strip():
            with self._told():
                self._clear_search()
        self._find_bar.close()
        self._messages.focus()
        if self._is_anew:
            self.has_opened.clear()

    def _clear_search(self) -> bool:
        """Show all of the view again; whether anything was searched for."""
        if not self._wanted:
            return False
        found = self._messages.selected
        self._wanted = ""
        self._show_list()
        if found and not self._is_anew:
            self._messages.return_to(found.id)
        return True

    def action_find_at_mailsac(self) -> None:
        from sacterm.mailbox.search import server_words

        words = server_words(self._query())
        if words:
            self._do(self._find_at_mailsac(words))
        else:
            looks = "Mailsac looks for them in sender, recipients and subject"
            self.say(f"{self._key('find')} and words: {looks}")

    async def _find_at_mailsac(self, words: str) -> None:
        self.say("asking Mailsac · 1 op")
        new = await self._session.search(words)
        found = wording.plural(new, "message")
        self.say(f"{found} more found at Mailsac" if new else "Mailsac found nothing more")

    def action_load_older(self) -> None:
        if self._session.has_older:
            self._do(self._session.load_older())
        else:
            self.say("Mailsac holds nothing older")

    def action_keep_search(self) -> None:
        text = " ".join(self._search_text().split())
        if text:
            self._do(self._keep_search(text))
        else:
            keeps = f"{self._key('keep-search')} then keeps the search in the sidebar"
            self.say(f"{self._key('find')} finds something · {keeps}")

    async def _keep_search(self, text: str) -> None:
        store = self._session.store
        kept = text in store.searches()
        await (store.drop_search(text) if kept else store.keep_search(text))
        self.say(f"“{text}” {'is no longer' if kept else 'is'} in the sidebar")
        self._find_bar.close()
        self._wanted = ""
        self.view = ALL if kept else View.search(text)
        self._messages.focus()

    # order and folders

    def action_sort(self) -> None:
        place = ORDERS.index(self._order) if self._order in ORDERS else 0
        self._order = ORDERS[(place + 1) % len(ORDERS)]
        self._show_list()

    def action_folders(self) -> None:
        self.folders_shown = not self.folders_shown
