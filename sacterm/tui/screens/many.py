"""Lists of addresses: to be reserved, or to be checked."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from sacterm.mailbox.addresses import (
    CHECKED_AT_ONCE,
    RESERVED_AT_ONCE,
    AddressBook,
    Reserved,
    parse_list,
    split_list,
)
from sacterm.model import AddressCheck
from sacterm.reading.cells import fit
from sacterm.reading.text import display_line, display_text
from sacterm.tui import wording
from sacterm.tui.screens.form import Field, Form, Values

_SHOWN = 5  # entries named in one line
_HINT = "one a line, or separated by blanks, commas or semicolons"


class ListForm(Form):
    """A pasted list, and under it what came of it."""

    CSS = (
        Form.CSS
        + """
    .form #results { height: auto; max-height: 8; margin: 1 0 0 0; display: none; }
    .form #results:focus { background: $cursor; }
    """
    )

    def more(self) -> Iterable[Widget]:
        yield VerticalScroll(Static(id="result"), id="results")

    def show_result(self, lines: Iterable[str]) -> None:
        """Show what came of the list, one line an address."""
        self.query_one("#results").display = True
        text = display_text("\n".join(display_line(line, 400) for line in lines))
        self.query_one("#result", Static).update(Content(text))


class ReserveMany(ListForm):
    """Makes all addresses of a list the account's own."""

    verb, busy = "reserves", "reserving…"

    def __init__(self, book: AddressBook, credits: int | None) -> None:
        """Set up.

        Args:
            book: reserves.
            credits: how many addresses the account may still reserve; None: not known.
        """
        field = Field("addresses", "addresses", example=_HINT, rows=8)
        super().__init__("Reserve many addresses", (field,))
        self._book = book
        self._credits = credits

    def fault(self, name: str, values: Values) -> str:
        emails, faults = parse_list(str(values[name]))
        if faults:
            named = ", ".join(f"“{entry}”" for entry in faults[:_SHOWN])
            more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
            return f"no address: {named}{more}"
        return "" if emails else "paste or type the addresses to reserve"

    def price(self, values: Values) -> str:
        emails, _ = parse_list(str(values["addresses"]))
        new = len(self._book.unreserved(emails))
        parts = [wording.plural(new, "address", "addresses")]
        if new < len(emails):
            parts.append(f"{len(emails) - new} yours already")
        parts.append(wording.plural(ceil(new / RESERVED_AT_ONCE), "op"))
        left = "credits" if self._credits is None else f"of {self._credits} credits left"
        parts.append(f"takes {new} {left}")
        return " · ".join(parts)

    async def send(self, values: Values) -> str | None:
        emails, _ = parse_list(str(values["addresses"]))
        result = await self._book.reserve_many(emails)
        if self._credits is not None:
            self._credits = max(0, self._credits - len(result.new))
        if not result.refused:
            return _summary(result)
        self.show_result(
            (_summary(result), *(f"{email}: {reason}" for email, reason in result.refused))
        )
        return None


class CheckMany(ListForm):
    """Asks of each address of a list whether it is well formed, and disposable."""

    verb, busy = "checks", "asking Mailsac…"

    def __init__(self, book: AddressBook, email: str) -> None:
        """Set up.

        Args:
            book: asks.
            email: stands in the list at first; may be empty.
        """
        field = Field("addresses", "addresses", email, _HINT, rows=6)
        super().__init__("Check addresses", (field,))
        self._book = book

    def on_mount(self) -> None:
        self.query_one(TextArea).select_all()  # so that a pasted list takes its place

    def fault(self, name: str, values: Values) -> str:
        return "" if split_list(str(values[name])) else "paste or type the addresses to check"

    def price(self, values: Values) -> str:
        count = len(split_list(str(values["addresses"])))
        ops = wording.plural(ceil(count / CHECKED_AT_ONCE), "op")
        return f"{wording.plural(count, 'address', 'addresses')} · {ops}"

    async def send(self, values: Values) -> str | None:
        entries = split_list(str(values["addresses"]))
        told = {check.email.lower(): check for check in await self._book.check(entries)}
        self.show_result(
            f"{fit(display_line(entry, 254), 40)} {_verdict(told.get(entry.lower()))}"
            for entry in entries
        )
        return None


def _summary(result: Reserved) -> str:
    parts = [f"{wording.plural(len(result.new), 'address', 'addresses')} reserved"]
    if result.already:
        parts.append(f"{len(result.already)} yours already")
    if result.refused:
        parts.append(f"{len(result.refused)} not")
    return " · ".join(parts)


def _verdict(check: AddressCheck | None) -> str:
    if check is None:
        return "Mailsac does not say"
    if not check.valid_format:
        return "not well formed"
    if check.is_disposable is None:
        return "well formed"
    return f"well formed · {'disposable' if check.is_disposable else 'not disposable'}"
