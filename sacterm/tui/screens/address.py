"""One address or domain, opened: what is known of it, and what can be changed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from sacterm.mailbox.addresses import AddressBook, Keeping, field_fault
from sacterm.model import Address, Domain, Liveness
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import marks, wording
from sacterm.tui.dates import Calendar
from sacterm.tui.keymap import Keymap
from sacterm.tui.screens.card import Card
from sacterm.tui.screens.form import Field, Form, Values, row

_LIVENESS = {
    Liveness.LIVE: "live: confirmed by Mailsac",
    Liveness.WAITING: "not confirmed yet",
    Liveness.OFF: "off",
    Liveness.CANNOT: "off",
}

Copy = Callable[[DisplayText, str], Coroutine[None, None, None]]


class AddressForm(Form):
    """The record of a reserved address."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "copy_alternate", "Copy the alternate address"),
    ]

    def __init__(
        self,
        book: AddressBook,
        address: Address,
        liveness: Liveness,
        copy: Copy,
        calendar: Calendar,
    ) -> None:
        """Set up.

        Args:
            book: saves it.
            address: as it is known here.
            liveness: what may be said of its web socket.
            copy: copies a text, and says that it was this.
            calendar: how dates are written.
        """
        to_from = bool(address.webhook_slack_to_from)
        super().__init__(
            address.email,
            (
                Field("info", "note", address.info or "", "what it is for", rows=3),
                Field("forward", "forward to", address.forward or "", "name@domain"),
                Field("webhook", "webhook", address.webhook or "", "https://…"),
                Field("webhook_slack", "Slack", address.webhook_slack or "", "https://…"),
                Field("webhook_slack_to_from", "", to_from, "Slack tells to and from too"),
                Field("websocket", "web socket", address.websocket, "new mail appears by itself"),
            ),
        )
        self._book = book
        self._address = address
        self._liveness = liveness
        self._copy = copy
        self._calendar = calendar

    def more(self) -> Iterable[Widget]:
        address = self._address
        yield _told("", f"{marks.LIVENESS[self._liveness]} {_LIVENESS[self._liveness]}")
        if address.encrypted_inbox:
            yield _told("alternate", f"{address.encrypted_inbox} · ctrl+t copies")
        if address.catch_all:
            yield _told("catch-all", address.catch_all)
        yield _told("owner", address.owner or "not said")
        for label, moment in (("created", address.created), ("updated", address.updated)):
            if moment:
                yield _told(label, self._calendar.moment(moment))

    def fault(self, name: str, values: Values) -> str:
        value = values[name]
        # what the service took before is its own affair
        return field_fault(name, value) if name in self.edited and isinstance(value, str) else ""

    def price(self, values: Values) -> str:
        return "2 or 3 ops" if self.edited else "nothing is changed yet"

    async def send(self, values: Values) -> str | None:
        if not self.edited:
            return ""
        wanted = replace(self._address, **{name: values[name] for name in self.edited})
        await self._book.update(self._address, wanted)
        return f"{self._address.email} is saved"

    def action_copy_alternate(self) -> None:
        if self._address.encrypted_inbox:
            alternate = display_line(self._address.encrypted_inbox, 320)
            self.run_worker(self._copy(alternate, alternate))


class InboxCard(Card):
    """An inbox that is not reserved."""

    OFFERS = Card.OFFERS | {"reserve", "unwatch"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "ask_availability", "Can it be reserved?"),
    ]

    def __init__(
        self,
        book: AddressBook,
        email: str,
        keymap: Keymap,
        *,
        of_own_domain: bool,
        keeping: Keeping | None,
    ) -> None:
        """Set up.

        Args:
            book: knows whether it can be reserved.
            email: the address.
            keymap: the user's keys.
            of_own_domain: it lies in a domain of the account.
            keeping: what is kept of it.
        """
        super().__init__(email)
        self._book = book
        self._email = email
        self._key = keymap.key
        self._of_own_domain = of_own_domain
        self._keeping = keeping

    def lines(self) -> Iterator[tuple[str, str]]:
        if self._of_own_domain:
            yield "what", "an inbox of your domain, not reserved by itself"
            return
        yield "what", "a public inbox: anyone can read its mail, and delete it"
        kept = self._keeping
        yield "kept", f"{kept.kept} · oldest goes in {kept.left}" if kept else "nothing we know of"
        yield "", "6 messages and 4 days at most, sooner under load"
        yield "web socket", "cannot be live: only reserved addresses are forwarded"

    def keys(self) -> str:
        reserve, unwatch = self._key("reserve"), self._key("unwatch")
        return f"v can it be reserved? · 1 op   {reserve} reserve   {unwatch} unwatch   esc close"

    def action_ask_availability(self) -> None:
        self.ask(self._availability())

    async def _availability(self) -> str:
        told = await self._book.availability(self._email)
        if told.available:
            return f"It is free: {self._key('reserve')} reserves it"
        return "It is owned already" if told.owned else "It cannot be reserved"

    def action_reserve(self) -> None:
        self.dismiss("reserve")

    def action_unwatch(self) -> None:
        self.dismiss("unwatch")


class DomainCard(Card):
    """A custom domain of the account."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "ask_domain", "Ask Mailsac"),
        Binding("t", "copy_txt", "Copy the TXT record"),
    ]

    def __init__(
        self, book: AddressBook, domain: Domain, known: int, copy: Copy, calendar: Calendar
    ) -> None:
        """Set up.

        Args:
            book: knows how the domain is now.
            domain: as it is known here.
            known: how many messages of it are known here.
            copy: copies a text, and says that it was this.
            calendar: how dates are written.
        """
        super().__init__(domain.name)
        self._book = book
        self._domain = domain
        self._known = known
        self._copy = copy
        self._calendar = calendar

    def lines(self) -> Iterator[tuple[str, str]]:
        domain = self._domain
        yield "verified", _yes(domain.verified)
        yield "MX verified", _yes(domain.verified_mx)
        if domain.verification_txt:
            added = "" if domain.verified else "add as TXT: "
            yield "TXT record", f"{added}{domain.verification_txt} · t copies"
        if domain.last_verification_errors:
            yield "last errors", domain.last_verification_errors
        yield "private", _yes(domain.private)
        yield "hosted", _yes(domain.hosted)
        yield "default", _yes(domain.is_default)
        socket = "on" if domain.websocket else "off"
        yield "web socket", f"{socket} · is switched at mailsac.com"
        yield "messages", f"{wording.number(self._known)} known here"
        if domain.owner:
            yield "owner", domain.owner
        if domain.created:
            yield "created", self._calendar.moment(domain.created)

    def keys(self) -> str:
        return "r asks Mailsac how it is now, and how many messages · 1 op   esc close"

    def action_ask_domain(self) -> None:
        self.ask(self._ask_domain())

    async def _ask_domain(self) -> str:
        detail = await self._book.domain(self._domain.name)
        self._domain = detail.domain
        if detail.total_messages is None:
            return "Mailsac does not say how many messages it keeps"
        return f"Mailsac keeps {wording.plural(detail.total_messages, 'message')} of it"

    def action_copy_txt(self) -> None:
        if self._domain.verification_txt:
            txt = display_line(self._domain.verification_txt, 1_000)
            self.run_worker(self._copy(txt, txt))


def _told(label: str, value: str) -> Horizontal:
    return row(label, Static(Content(display_line(value, 400))))


def _yes(said: bool | None) -> str:
    return "not said" if said is None else "yes" if said else "no"
