"""The REST half of the service: a typed method for each route."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import httpx

from sacterm.errors import KeyRefused, NotFound, Rejected
from sacterm.mailsac import decode
from sacterm.mailsac.exchange import Exchange
from sacterm.model import (
    Account,
    AccountStats,
    Address,
    AddressCheck,
    Attachment,
    Availability,
    Domain,
    DomainDetail,
    InboxPage,
    Message,
)

BASE_URL = "https://mailsac.com/api"
LIMIT = 1000  # messages in one listing
FORWARDING_ROUTES = ("addresses", "private-address-forwarding")


class MailsacClient:
    """The service, as seen with one key.

    Each method is one request, and so one op; a GET is sent a second time after a passing fault
    (:attr:`sacterm.errors.ServiceError.passing`), anything else once, and so are
    listings and a single message: whoever needs them asks again. All of them raise
    :class:`sacterm.errors.ServiceError` and nothing else. Email addresses, ids and labels
    may hold any character.
    """

    def __init__(
        self,
        key: str,
        *,
        base_url: str = BASE_URL,
        on_op: Callable[[str], None] = lambda kind: None,
        timeout: float = 20.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Make a client; nothing is sent before the first method is called.

        Args:
            key: the Mailsac key, sent in the header ``Mailsac-Key``.
            base_url: where the routes start.
            on_op: called once for each request that the service may have counted, with a stable
                word for its kind.
            timeout: seconds without progress (to connect, of sending, of receiving) to give up
                after.
            sleep: waits between two attempts, in seconds.
            clock: seconds, never going back.
            transport: in place of the network.
        """
        self._exchange = Exchange(
            key,
            base_url=base_url,
            on_op=on_op,
            timeout=timeout,
            sleep=sleep,
            clock=clock,
            transport=transport,
        )
        self._forwarding_routes: tuple[str, ...] = FORWARDING_ROUTES

    @property
    def skew(self) -> timedelta:
        """By how much the clock here is behind the service's, as of the last answer."""
        return self._exchange.skew

    async def aclose(self) -> None:
        """Close the connections."""
        await self._exchange.aclose()

    # The account

    async def me(self) -> Account:
        """Whose key this is.

        Raises:
            KeyRefused: also where the service answers 200 without an account.
        """
        body = await self._exchange.ask("GET", "me", "me", account_wide=True, once=True)
        account = decode.me(body)
        if account is None:
            self._exchange.accepted = False
            raise KeyRefused("the service does not know the key", status=200)
        return account

    async def stats(self) -> AccountStats:
        """What is stored for the account."""
        body = await self._exchange.ask("GET", "stats", "me", "stats", account_wide=True)
        return decode.one(body, decode.stats)

    # Addresses

    async def addresses(self) -> tuple[Address, ...]:
        """The reserved addresses of the account."""
        body = await self._exchange.ask(
            "GET", "addresses", "addresses", account_wide=True, once=True
        )
        return decode.listed(body, decode.address)

    async def address(self, email: str) -> Address:
        """One address; ``owner`` is None where nobody owns it."""
        body = await self._exchange.ask("GET", "address", "addresses", email)
        return decode.one(body, decode.address, _id=email)

    async def availability(self, email: str) -> Availability:
        """Whether an address can be reserved."""
        body = await self._exchange.ask("GET", "availability", "addresses", email, "availability")
        return decode.one(body, decode.availability, email=email)

    async def reserve(self, email: str) -> Address:
        """Reserve an address.

        Raises:
            Rejected: it is already yours, or no credits are left.
            OwnedByAnother: it is somebody else's.
        """
        body = await self._exchange.ask("POST", "reserve", "addresses", email)
        return decode.one(body, decode.address, _id=email)

    async def reserve_many(self, emails: Sequence[str]) -> tuple[Address, ...]:
        """Reserve up to 100 addresses."""
        body = await self._exchange.ask(
            "POST", "reserve", "private-addresses-bulk", body={"addresses": list(emails)}
        )
        return decode.listed(body, decode.address)

    async def release(self, email: str, *, delete_messages: bool = False) -> None:
        """Give an address back. Its mail becomes public, unless it is deleted with it."""
        query = {"deleteAddressMessages": "true" if delete_messages else None}
        await self._exchange.ask("DELETE", "release", "addresses", email, query=query)

    async def put_forwarding(self, record: Address) -> Address | None:
        """Replace the forwarding and the note of an address by those of the record.

        OpenAPI 1.0.8 and the guides name different routes for it: the first is tried, then the
        second, and what worked is remembered. Both may replace the whole record, so every field
        is sent, as its documented default where the record does not know it.

        Returns:
            The new record as the service tells it, or None where it does not.
        """
        fields = {
            "enablews": record.websocket,
            "forward": record.forward or "",
            "webhook": record.webhook or "",
            "webhookSlack": record.webhook_slack or "",
            "webhookSlackToFrom": record.webhook_slack_to_from or False,
            "info": record.info or "",
        }
        *others, last = self._forwarding_routes
        for route in others:
            try:
                return await self._put_forwarding(route, record.email, fields)
            except NotFound:
                continue
            except Rejected as error:
                if error.status != 405:
                    raise
        return await self._put_forwarding(last, record.email, fields)

    async def _put_forwarding(
        self, route: str, email: str, fields: dict[str, object]
    ) -> Address | None:
        body = await self._exchange.ask("PUT", "forwarding", route, email, body=fields)
        self._forwarding_routes = (route,)
        return decode.one_if_any(body, decode.address)

    async def validate(self, email: str) -> AddressCheck:
        """Whether an address is well formed, and whether it is disposable."""
        body = await self._exchange.ask(
            "GET", "validate", "validations", "addresses", email, account_wide=True
        )
        return decode.one(body, decode.check, email=email)

    async def validate_many(self, emails: Sequence[str]) -> tuple[AddressCheck, ...]:
        """The same for up to 50 addresses."""
        body = await self._exchange.ask(
            "POST",
            "validate",
            "validations",
            "addresses",
            body={"emails": list(emails)},
            account_wide=True,
        )
        return decode.listed(body, decode.check)

    # Listings

    async def messages(
        self, email: str, *, limit: int = LIMIT, until: datetime | None = None
    ) -> tuple[Message, ...]:
        """The mail of one address, newest first; of a public inbox as well."""
        query = {"limit": min(limit, LIMIT), "until": _iso(until)}
        return decode.messages(
            await self._exchange.ask(
                "GET", "list", "addresses", email, "messages", query=query, once=True
            )
        )

    async def inbox(
        self, *, limit: int = LIMIT, skip: int = 0, since: datetime | None = None
    ) -> InboxPage:
        """The mail of the whole account, newest first."""
        query = {"limit": min(limit, LIMIT), "skip": skip, "since": _iso(since)}
        body = await self._exchange.ask(
            "GET", "list", "inbox", query=query, account_wide=True, once=True
        )
        return decode.inbox_page(body)

    async def count(self, email: str) -> int:
        """The number of messages in an inbox."""
        body = await self._exchange.ask("GET", "list", "addresses", email, "message-count")
        return decode.one(body, decode.count)

    async def starred(self) -> tuple[Message, ...]:
        """All starred mail of the account."""
        body = await self._exchange.ask(
            "GET", "list", "addresses", "starred", "messages", account_wide=True
        )
        return decode.messages(body)

    async def search(self, query: str) -> tuple[Message, ...]:
        """Mail with the words in to, from or subject; 100 at most."""
        body = await self._exchange.ask(
            "GET", "search", "inbox-search", query={"query": query}, account_wide=True
        )
        return decode.messages(body)

    async def filter(
        self,
        *,
        subject: str | None = None,
        sender: str | None = None,
        to: str | None = None,
        read: bool | None = None,
    ) -> tuple[Message, ...]:
        """Mail that fits all that is given; 100 at most."""
        query = {
            "andSubjectIncludes": subject,
            "andFrom": sender,
            "andTo": to,
            "andRead": None if read is None else _word(read),
        }
        body = await self._exchange.ask(
            "GET", "search", "inbox-filter", query=query, account_wide=True
        )
        return decode.messages(body)

    # One message

    async def message(self, email: str, id: str) -> Message:
        """One message, with its links; without its body."""
        body = await self._exchange.ask(
            "GET", "message", "addresses", email, "messages", id, once=True
        )
        return decode.one(body, decode.message, _id=id, inbox=email)

    async def headers(self, email: str, id: str) -> tuple[tuple[str, str], ...]:
        """Name and value of each header, in the order of the message.

        The guides call the parameter ``format``, OpenAPI 1.0.8 ``messageHeadersFormat``.
        """
        body = await self._exchange.ask(
            "GET",
            "message",
            "addresses",
            email,
            "messages",
            id,
            "headers",
            query={"format": "json-ordered", "messageHeadersFormat": "json-ordered"},
        )
        return decode.headers(body)

    async def attachments(self, email: str, id: str) -> tuple[Attachment, ...]:
        """What a message carries."""
        body = await self._exchange.ask(
            "GET", "attachment", "addresses", email, "messages", id, "attachments"
        )
        return decode.attachments(body)

    async def attachment(self, email: str, id: str, identifier: str) -> bytes:
        """The content of an attachment, by its MD5, content-id or file name."""
        return await self._exchange.ask(
            "GET", "attachment", "addresses", email, "messages", id, "attachments", identifier
        )

    async def raw(self, email: str, id: str) -> bytes:
        """The whole message as it came by SMTP."""
        return await self._exchange.ask("GET", "raw", "raw", email, id)

    async def text(self, email: str, id: str) -> str:
        """The text of a message."""
        return await self._body("text", email, id)

    async def body(self, email: str, id: str) -> str:
        """The HTML of a message, sanitised by the service."""
        return await self._body("body", email, id)

    async def dirty(self, email: str, id: str) -> str:
        """The HTML of a message as it was sent."""
        return await self._body("dirty", email, id)

    async def _body(self, route: str, email: str, id: str) -> str:
        return (await self._exchange.ask("GET", "body", route, email, id)).decode(errors="replace")

    # Changes

    async def toggle_star(self, email: str, id: str) -> Message:
        """Star a message that is not, or the reverse; ``starred`` of the answer tells which."""
        body = await self._change("PUT", "star", email, id, "star")
        return decode.one(body, decode.message, _id=id, inbox=email)

    async def set_read(self, email: str, id: str, read: bool) -> None:
        """Mark a message read or unread."""
        await self._change("PUT", "read", email, id, "read", _word(read))

    async def set_folder(self, email: str, id: str, folder: str) -> None:
        """Move a message to ``inbox``, ``all``, ``spam`` or ``trash``."""
        await self._change("PUT", "folder", email, id, "folder", folder)

    async def add_label(self, email: str, id: str, label: str) -> tuple[str, ...] | None:
        """Put a label on a message. Gives all its labels, or None where the service does not."""
        body = await self._change("PUT", "label", email, id, "labels", label)
        return decode.one_if_any(body, decode.labels)

    async def remove_label(self, email: str, id: str, label: str) -> tuple[str, ...] | None:
        """Take a label off a message. Gives the rest, or None where the service does not."""
        body = await self._change("DELETE", "label", email, id, "labels", label)
        return decode.one_if_any(body, decode.labels)

    async def delete(self, email: str, id: str) -> None:
        """Delete a message, for good."""
        await self._change("DELETE", "delete", email, id)

    async def _change(self, method: str, kind: str, email: str, id: str, *what: str) -> bytes:
        return await self._exchange.ask(method, kind, "addresses", email, "messages", id, *what)

    async def purge(self, email: str) -> None:
        """Delete all mail of an address but what is starred."""
        await self._exchange.ask("DELETE", "purge", "addresses", email, "messages")

    async def purge_domain(self, domain: str) -> None:
        """Delete all mail of a domain; what is starred may go with it."""
        await self._exchange.ask("POST", "purge", "domains", domain, "delete-all-domain-mail")

    async def send(
        self, *, sender: str, to: Sequence[str], subject: str, text: str = "", html: str = ""
    ) -> None:
        """Send a mail. In the older guides only: the service may refuse it."""
        mail = {"from": sender, "to": list(to), "subject": subject, "text": text, "html": html}
        await self._exchange.ask("POST", "send", "outgoing-messages", body=mail)

    # Domains

    async def domains(self) -> tuple[Domain, ...]:
        """The custom domains of the account."""
        body = await self._exchange.ask("GET", "domains", "domains", account_wide=True, once=True)
        return decode.listed(body, decode.domain)

    async def domain(self, name: str) -> DomainDetail:
        """One domain, with its number of messages and its catch-all address."""
        body = await self._exchange.ask("GET", "domains", "domains", name)
        return decode.one(body, decode.domain_detail, _id=name)

    async def domain_messages(
        self, name: str, *, limit: int = LIMIT, until: datetime | None = None
    ) -> tuple[Message, ...]:
        """The mail of one domain, newest first."""
        query = {"limit": min(limit, LIMIT), "until": _iso(until)}
        return decode.messages(
            await self._exchange.ask("GET", "list", "domains", name, "messages", query=query)
        )


def _word(value: bool) -> str:
    return "true" if value else "false"


def _iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
