"""Sorting out: selecting, marking, labelling, moving, deleting, and taking that back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from textual import on

from sacterm.mailbox.changes import Field
from sacterm.mailbox.triage import FOLDERS
from sacterm.mailbox.views import Row, View, ViewKind
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import wording
from sacterm.tui.screens.finding import FindingActions
from sacterm.tui.widgets.message_list import MessageList

_MANY = 10  # ops from which on an action says first what it costs


class TriageActions(FindingActions):
    """What can be done with messages. All of it works on the selection, else on the cursor."""

    # selecting

    def action_select(self) -> None:
        self._range = None
        if not self._is_anew and (row := self._row()):
            self._selection ^= {row.id}
            self._messages.action_cursor_down()
            self._messages.show_selection()

    def action_select_range(self) -> None:
        if self._range:
            self._range = None
        elif not self._is_anew and (row := self._row()):
            self._range = row.id, frozenset(self._selection)
            self._select({row.id, *self._selection})
            down, up = self._key("cursor-down"), self._key("cursor-up")
            self.say(f"{down} and {up} select on the way · {self._key('select-range')} ends it")

    def action_select_all(self) -> None:
        if not self._is_anew:
            self._select(self._messages.all_ids())

    def action_select_none(self) -> None:
        self._select_none()

    @on(MessageList.Highlighted)
    def _extend(self, event: MessageList.Highlighted) -> None:
        if self._range and event.by_user:
            begin, before = self._range
            with self._told():
                self._select({*before, *self._messages.ids_between(begin)})

    # changing

    def action_toggle_read(self) -> None:
        self._ask(self._toggle("read", "read", self._session.triage.set_read))

    def action_toggle_star(self) -> None:
        self._ask(self._toggle("starred", "starred", self._session.triage.set_starred))

    async def _toggle(
        self, field: Field, name: str, change: Callable[[Sequence[str], bool], Awaitable[int]]
    ) -> None:
        """Set where one of them is not, else take away."""
        ids = self._chosen()
        value = False in self._session.store.values(ids, field).values()
        title = f"Mark {name if value else 'not ' + name}"
        if await self._may_spend(title, ids, self._session.triage.price(ids, field, value)):
            self._go_on()
            self._say_done(await change(ids, value), f"{'' if value else 'not '}{name}", ids)

    def action_move(self) -> None:
        self._ask(self._move())

    async def _move(self) -> None:
        from sacterm.tui.screens.dialogs import Choice, Choose

        if not (ids := self._chosen()):
            return
        choices = [Choice(name[0], DisplayText(name)) for name in FOLDERS]
        title = f"Move {wording.plural(len(ids), 'message')} to"
        place = await self.app.push_screen_wait(Choose(DisplayText(title), choices))
        if place is None:
            return
        folder = FOLDERS[place]
        price = self._session.triage.price(ids, "folder", folder)
        if await self._may_spend(f"Move to {folder}", ids, price):
            self._go_on()
            self._say_done(await self._session.triage.set_folder(ids, folder), f"in {folder}", ids)

    def action_label(self) -> None:
        self._ask(self._label())

    async def _label(self) -> None:
        from sacterm.tui.screens.labels import Labels

        if not (ids := self._chosen()):
            return
        store, triage = self._session.store, self._session.triage
        known = Counter(dict.fromkeys(store.labels(), 0))
        for labels in store.values(ids, "labels").values():
            known.update(labels if isinstance(labels, tuple) else ())
        change = await self.app.push_screen_wait(
            Labels(known, len(ids), lambda change: triage.price_of_labels(ids, *change))
        )
        if change is not None and await self._may_spend(
            "Label", ids, triage.price_of_labels(ids, *change)
        ):
            self._go_on()
            done = await triage.set_labels(ids, add=change.add, remove=change.remove)
            self._say_done(done, "labelled anew", ids)

    def action_undo(self) -> None:
        self._ask(self._undo())

    async def _undo(self) -> None:
        triage = self._session.triage
        price = triage.undo_price
        if price <= _MANY or await self._confirmed(
            "Undo the last change", (self._price(price),), "undoes it"
        ):
            self.say(await triage.undo() or "nothing to undo")

    # deleting

    def action_delete(self) -> None:
        self._ask(self._delete())

    async def _delete(self) -> None:
        ids = self._chosen()
        rows = self._session.store.rows(ids)
        if not rows:
            return
        if (inbox := self._whole_inbox(rows)) and not self._session.has_older:
            spared = sum(row.starred for row in rows)
            if await self._offered_purge(inbox, len(rows) - spared, spared):
                return
        starred = sum(row.starred for row in rows)
        price = sum(not row.gone for row in rows)
        lines = []
        if starred:
            those = "it" if len(rows) == 1 else f"{wording.number(starred)} of them"
            lines.append(f"{those} {'is' if starred == 1 else 'are'} starred")
        if price > _MANY:
            lines.append(self._price(price))
        title = f"Delete {wording.plural(len(rows), 'message')}"
        if lines and not await self._confirmed(title, tuple(lines), "deletes"):
            return
        count = await self._session.triage.delete(ids)
        self._select_none()
        await self._list_as_it_is()  # the next key is for the next message
        if count:
            grace = self._settings.delete_grace
            undoes = f"{self._key('undo')} undoes · {grace:.0f} s"
            self.say(f"{wording.number(count)} deleted · {undoes}", seconds=grace)
        else:
            self.say("forgotten here: Mailsac no longer had it · no op")

    def _whole_inbox(self, rows: Sequence[Row]) -> str | None:
        """The inbox of the account that a selection is the whole of."""
        inboxes = {row.inbox for row in rows}
        inbox = rows[0].inbox
        whole = self._session.store.counts(View.inbox(inbox)).total == len(rows) > 1
        return inbox if len(inboxes) == 1 and whole and self._session.store.is_mine(inbox) else None

    async def _offered_purge(self, inbox: str, count: int, spared: int) -> bool:
        """Whether the purge was chosen, or all was left as it is."""
        from sacterm.tui.screens.dialogs import Choice, Choose

        stays = f" · {_stay(spared)}" if spared else ""
        each, undoes = count + spared, f"{self._key('undo')} undoes"
        choices = [
            Choice("p", DisplayText("purge"), DisplayText(f"1 op{stays} · no undo")),
            Choice(
                "e", DisplayText("each"), DisplayText(f"{wording.plural(each, 'op')} · {undoes}")
            ),
        ]
        title = display_line(f"This is all of {inbox}", 200)
        place = await self.app.push_screen_wait(Choose(title, choices))
        if place == 0 and self._session.store.counts(View.inbox(inbox)).total != each:
            self.say(f"there is new mail in {inbox}: nothing was deleted")
        elif place == 0:
            await self._session.triage.purge(inbox)
            self._select_none()
            self.say(f"{inbox} purged{stays}")
        return place != 1

    def action_purge(self) -> None:
        self._ask(self._purge())

    async def _purge(self) -> None:
        from sacterm.tui.screens.dialogs import Ask

        view, store = self.view, self._session.store
        is_domain = view.kind is ViewKind.DOMAIN
        if view.kind not in (ViewKind.INBOX, ViewKind.DOMAIN):
            self.say(f"select an address or a domain first: {self._ways()}")
            return
        if not is_domain and not store.is_mine(view.name):
            one_by_one = f"{self._key('select-all')} and {self._key('delete')} delete one by one"
            self.say(f"only mail of your own addresses can be purged · {one_by_one}")
            return
        total = store.counts(view).total
        starred = total - len(store.unstarred(view))
        said = f"all mail that Mailsac has of it, {wording.number(total)} known here · 1 op"
        if starred and is_domain:
            said += f" · {wording.number(starred)} starred may go too · 1 op more to see"
        elif starred:
            said += f" · {_stay(starred)}"
        answer = await self.app.push_screen_wait(
            Ask(
                display_line(f"Purge {view.name}"),
                DisplayText(f"{said}\ntype the name to do it · there is no undo at Mailsac"),
                display_line(view.name, 200),
                lambda text: (
                    None
                    if text.strip().lower() == view.name
                    else display_line(f"that is not its name: {view.name}", 300)
                ),
            )
        )
        if answer is None:
            return
        triage = self._session.triage
        await (triage.purge_domain if is_domain else triage.purge)(view.name)
        self._select_none()
        self.say(f"{view.name} purged")

    # what all of them do

    def _go_on(self) -> None:
        """After an action the cursor stands on the next message, and nothing is selected."""
        if self._selection or self._range:
            self._select_none()
        else:
            self._messages.step()

    async def _may_spend(self, title: str, ids: Sequence[str], price: int) -> bool:
        if not ids:
            return False
        many = wording.plural(len(ids), "message")
        return price <= _MANY or await self._confirmed(
            f"{title}: {many}", (self._price(price),), "does it"
        )

    def _price(self, ops: int) -> str:
        left = self._session.ledger.left
        of = "" if left is None else f" of {wording.number(left)} left this month"
        return f"{wording.plural(ops, 'op')}{of}"

    def _say_done(self, count: int, what: str, ids: Sequence[str]) -> None:
        gone = 0
        if count < len(ids):
            gone = sum(row.gone for row in self._session.store.rows(ids))
        if len(ids) > 1:
            left = f" · {wording.number(gone)} left: Mailsac no longer has them" if gone else ""
            undoes = f"{self._key('undo')} undoes"
            self.say(f"{wording.plural(count, 'message')} {what} · {undoes}{left}")
        elif gone:
            self.say("left as it was: Mailsac no longer has it · no op")


def _stay(starred: int) -> str:
    return f"{wording.number(starred)} starred {'stays' if starred == 1 else 'stay'}"
