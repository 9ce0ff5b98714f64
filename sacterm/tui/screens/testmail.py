"""A test message, sent through the service."""

from __future__ import annotations

from sacterm.mailbox.addresses import PUBLIC_DOMAIN, AddressBook, canonical
from sacterm.tui.screens.form import Field, Form, Values


class SendTest(Form):
    """To one address, in plain text."""

    verb, busy = "sends", "sending…"

    def __init__(self, book: AddressBook, to: str) -> None:
        """Set up.

        Args:
            book: sends.
            to: stands there at first; may be empty.
        """
        super().__init__(
            "Send a test message",
            (
                Field("to", "to", to, "name or name@domain"),
                Field("subject", "subject", "Test message"),
                Field("text", "text", "Sent with sacterm, to see it arrive.", rows=5),
            ),
        )
        self._book = book

    def fault(self, name: str, values: Values) -> str:
        if name != "to" or _recipient(values):
            return ""
        return "one address is wanted: name or name@domain"

    def price(self, values: Values) -> str:
        sender = self._book.sender(_recipient(values))
        come = "1 op, 1 more when it comes to an address of yours"
        return f"from {sender} · {come}" if sender else come

    async def send(self, values: Values) -> str | None:
        to = _recipient(values)
        await self._book.send_test(to, str(values["subject"]), str(values["text"]))
        return f"sent to {to}"


def _recipient(values: Values) -> str:
    """The address as typed, with its plus-tag; "" where it is none."""
    text = str(values["to"])
    to = text if "@" in text else f"{text}@{PUBLIC_DOMAIN}"
    return to if canonical(to) else ""
