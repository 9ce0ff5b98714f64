"""Addresses: watched, reserved, live, edited, checked.

Forms and cards are imported where they are opened: at the start they would cost 16 ms.
"""

from __future__ import annotations

from textual.screen import Screen

from sacterm.mailbox.addresses import PUBLIC_KEEPS, NotReserved, canonical, keeping
from sacterm.mailbox.views import View, ViewKind
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import wording
from sacterm.tui.screens.base import BaseScreen


class AddressActions(BaseScreen):
    """What can be done with the selected address, and with others."""

    def _address(self) -> str | None:
        """The selected address; says what to do where none is."""
        if self.view.kind is ViewKind.INBOX:
            return self.view.name
        self.say(f"select an address first: {self._ways()}")
        return None

    def action_address(self) -> None:
        if self.view.kind is ViewKind.DOMAIN:
            self._ask(self._open_domain(self.view.name))
        elif email := self._address():
            self._ask(self._open_public(email) if self._is_public() else self._open_own(email))

    async def _open_own(self, email: str) -> None:
        from sacterm.tui.screens.address import AddressForm

        if record := self._session.store.address(email):
            book, liveness = self._session.addresses, self._session.liveness(email)
            await self._fill_in(AddressForm(book, record, liveness, self._copy, self._calendar))

    async def _open_public(self, email: str) -> None:
        from sacterm.tui.screens.address import InboxCard

        store = self._session.store
        kept = keeping(store.page(View.inbox(email), 0, PUBLIC_KEEPS), self._session.now())
        of_own_domain = store.is_mine(email)
        card = InboxCard(
            self._session.addresses,
            email,
            self._keymap,
            of_own_domain=of_own_domain,
            keeping=kept,
        )
        match await self.app.push_screen_wait(card):
            case "reserve":
                await self._reserve(email)
            case "unwatch":
                await self._session.addresses.unwatch(email)

    async def _open_domain(self, name: str) -> None:
        from sacterm.tui.screens.address import DomainCard

        store = self._session.store
        domain = next((domain for domain in store.domains() if domain.name == name), None)
        if domain is not None:
            known = store.counts(View.domain(name)).total
            await self.app.push_screen_wait(
                DomainCard(self._session.addresses, domain, known, self._copy, self._calendar)
            )

    async def _fill_in(self, form: Screen[str | None]) -> None:
        if said := await self.app.push_screen_wait(form):
            self.say(said)

    def action_reserve_many(self) -> None:
        from sacterm.tui.screens.many import ReserveMany

        account = self._session.store.account()
        credits = account.address_credits if account else None
        self._ask(self._fill_in(ReserveMany(self._session.addresses, credits)))

    def action_validate(self) -> None:
        from sacterm.tui.screens.many import CheckMany

        email = self.view.name if self.view.kind is ViewKind.INBOX else ""
        self._ask(self._fill_in(CheckMany(self._session.addresses, email)))

    def action_send_test(self) -> None:
        from sacterm.tui.screens.testmail import SendTest

        match self.view.kind:
            case ViewKind.INBOX:
                to = self.view.name.replace("*", "test")  # a catch-all takes any name
            case ViewKind.DOMAIN:
                to = f"test@{self.view.name}"
            case _:
                to = ""
        self._ask(self._fill_in(SendTest(self._session.addresses, to)))

    def action_toggle_live(self) -> None:
        if self.view.kind is ViewKind.DOMAIN:
            name = display_line(self.view.name, 300)
            self.say(f"{name}: domains are switched at mailsac.com; *@{name} can be switched here")
        elif email := self._address():
            record = self._session.store.address(email)
            self._do(self._set_live(email, on=record is None or not record.websocket))

    async def _set_live(self, email: str, *, on: bool) -> None:
        try:
            await self._session.addresses.set_websocket(email, on)
        except NotReserved:
            lines = ("Only reserved addresses can be live.", self._cost("3 ops"))
            if await self._confirmed(f"Reserve {email}", lines, "reserves it and turns it on"):
                await self._session.addresses.reserve(email)
                await self._session.addresses.set_websocket(email, on)

    def action_new_address(self) -> None:
        self._do(self._new_address())

    async def _new_address(self) -> None:
        email = self._session.addresses.new_test_address()
        await self._session.addresses.watch(email)
        self.view = View.inbox(email)
        await self._copy(
            display_line(email, 320), f"{email} · {self._key('refresh')} looks for mail"
        )

    def action_open_inbox(self) -> None:
        self._ask(self._open_inbox())

    async def _open_inbox(self) -> None:
        from sacterm.tui.screens.dialogs import Ask

        hint = DisplayText("enter opens it, 1 op · anyone can read a public inbox · esc cancels")
        answer = await self.app.push_screen_wait(
            Ask(DisplayText("Open an inbox"), hint, "name or name@mailsac.com", address_fault)
        )
        email = canonical(answer) if answer is not None else None
        if email is None:
            return
        await self._session.addresses.watch(email)
        self.view = View.inbox(email)
        await self._session.list_inbox(email)

    def action_unwatch(self) -> None:
        if (email := self._address()) and self._is_public():
            self._do(self._session.addresses.unwatch(email))

    def action_reserve(self) -> None:
        if email := self._address():
            self._ask(self._reserve(email) if self._is_public() else self._release(email))

    async def _reserve(self, email: str) -> None:
        if await self._confirmed(f"Reserve {email}", (self._cost("1 op"),), "reserves it"):
            await self._session.addresses.reserve(email)
            self.say(f"{email} is yours · {self._key('toggle-live')} makes it live")

    async def _release(self, email: str) -> None:
        counts = self._session.store.counts(View.inbox(email))
        lines = (
            f"{wording.plural(counts.total, 'message')} in it and all mail to come can then be read"
            " by anyone,",
            "unless its domain is private. Anyone can reserve it · 1 op",
        )
        if await self._confirmed(f"Release {email}", lines, "releases it"):
            await self._session.addresses.release(email)

    def _cost(self, ops: str) -> str:
        """What reserving takes."""
        account = self._session.store.account()
        if account is None or account.address_credits is None:
            return f"Takes one of the account's credits · {ops}"
        return f"Takes 1 of {wording.plural(account.address_credits, 'credit')} left · {ops}"


def address_fault(text: str) -> DisplayText | None:
    """What is wrong with an address that somebody typed."""
    if canonical(text) is not None:
        return None
    return display_line(f"“{text}” is no address: name or name@domain is wanted", 300)
