"""Reserving, releasing, watching, checking, and what happens to the mail of an address."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import asdict, replace

from sacterm.errors import (
    NotFound,
    OwnedByAnother,
    Rejected,
    SactermError,
    ServiceError,
    Unreachable,
)
from sacterm.mailbox.service import Service
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import Row
from sacterm.model import Address, AddressCheck, Availability, DomainDetail

PUBLIC_DOMAIN = "mailsac.com"
RESERVED_AT_ONCE = 100  # addresses for one op
CHECKED_AT_ONCE = 50  # addresses for one op
PUBLIC_KEEPS = 6  # messages of a public inbox, the newest
PUBLIC_LASTS = timedelta(days=4)
LONGEST_NOTE = 1_000  # characters; the service names no limit
FIELDS = {
    "info": "note",
    "forward": "forward",
    "webhook": "webhook",
    "webhook_slack": "Slack",
    "webhook_slack_to_from": "Slack tells to and from",
    "websocket": "forwarding to the web socket",
}
"""What a person may change of an address: the field, and what it is called."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when read aloud
_QUOTED_NAME = re.compile(r'"[^"\n]*"(?=[ \t]*<)')
_ENTRY = re.compile(r"<[^<>]*>|[^\s<>]+")
_AROUND = "\"'“”()[]{}"  # what lists of other programs put around an entry


class NotReserved(SactermError):
    """Forwarding is for reserved addresses only."""

    remedy = "reserve it first"


class TooFewCredits(SactermError):
    """More addresses are wanted than the account may still reserve."""

    remedy = "take some out, or release some; credits bought meanwhile count after a new start"


class NoOutgoing(ServiceError):
    """The service takes no mail to send: it calls itself receive-only."""

    def __init__(self, to: str, refusal: ServiceError) -> None:
        why = f": {refusal}" if isinstance(refusal, Rejected) else f" ({refusal.status})"
        super().__init__(
            f"Mailsac takes no outgoing mail on this account{why}", status=refusal.status
        )
        self.remedy = f"send to {to} from your own software"


class Reserved(Struct, frozen=True):
    """What came of reserving many addresses.

    Attributes:
        new: the account's own since now.
        already: they were before; nothing was asked for them.
        refused: the others, each with the reason in one line.
    """

    new: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class Keeping(Struct, frozen=True):
    """What the service still keeps of a public inbox, in words.

    Attributes:
        kept: ``5 of 6 kept``.
        left: until the oldest goes: ``2 days``.
    """

    kept: str
    left: str


class AddressBook:
    """What may be done with addresses. Nothing here is retried: these are writes."""

    def __init__(
        self, store: Store, service: Callable[[], Service | None], changed: Callable[[], None]
    ) -> None:
        """Set up.

        Args:
            store: where the records are kept.
            service: the service, or None while there is no way to it.
            changed: called after every change of the store.
        """
        self._store = store
        self._service = service
        self._changed = changed
        self.changes = 0  # of what the account owns, made here
        self._pending: dict[str, bool] = {}

    def pending(self, email: str) -> bool | None:
        """Whether forwarding is being turned on or off right now; None: neither."""
        return self._pending.get(email)

    async def set_websocket(self, email: str, on: bool) -> None:
        """Turn forwarding on or off; done when the service shows it (the feed confirms later).

        Asked again meanwhile, it does nothing. Price and refusals are those of :meth:`update`.
        """
        if email in self._pending:
            return
        self._pending[email] = on
        self._changed()
        try:
            await self._change(email, {"websocket": on})
        finally:
            del self._pending[email]
            self._changed()

    async def update(self, seen: Address, wanted: Address) -> Address:
        """Change the fields in which ``wanted`` differs from ``seen`` (2 or 3 ops; none: 0).

        A PUT may replace the whole record, so it is read first and all of it is sent back; what
        was changed elsewhere since ``seen`` stays. The new state is believed only where the
        answer shows it, or else another read.

        Returns:
            The record as the service has it now.

        Raises:
            NotReserved: nobody owns the address.
            OwnedByAnother: somebody else does.
            Rejected: the service has other values now than those wanted.
            ServiceError: it could not be asked.
        """
        change = {
            name: getattr(wanted, name)
            for name in FIELDS
            if _held(wanted, name) != _held(seen, name)
        }
        return await self._change(seen.email, change) if change else seen

    async def _change(self, email: str, change: Mapping[str, str | bool]) -> Address:
        service = self._online()
        try:
            record = await service.address(email)
        except NotFound:
            raise NotReserved(f"{email} is not reserved") from None
        if record.owner is None:
            raise NotReserved(f"{email} is not reserved")
        self.changes += 1
        sent = replace(record, **change)
        answer = await service.put_forwarding(sent)
        if answer is not None and _shows(answer, sent):
            told = {name: value for name, value in asdict(answer).items() if value is not None}
            record = replace(sent, **{**told, "email": email})
        else:
            record = await service.address(email)
        await self._store.put_address(record)
        self._changed()
        kept = [
            f"{FIELDS[name]} {_said(getattr(record, name))}"
            for name in change
            if _held(record, name) != _held(sent, name)
        ]
        if kept:
            raise Rejected(f"Mailsac left {', '.join(kept)} for {email}")
        return record

    async def reserve(self, email: str) -> None:
        """Make an address the account's own (1 op, 1 credit).

        Raises:
            ServiceError: refused, or it could not be asked.
        """
        service = self._online()
        self.changes += 1
        await self._keep([await service.reserve(email)])

    async def reserve_many(self, emails: Sequence[str]) -> Reserved:
        """Make addresses the account's own (1 op for 100, 1 credit each).

        What is the account's already is not asked for. The service takes the addresses of one
        op together or not at all, as far as is known; where it refuses, or does not show all of
        them, the account's addresses are read again (1 op), and only what is there counts.

        Raises:
            TooFewCredits: by what is known of the account; nothing was asked.
            ServiceError: it could not be asked; what was reserved before that is kept.
        """
        service = self._online()
        wanted = self.unreserved(emails)
        free = frozenset(wanted)
        already = tuple(email for email in dict.fromkeys(emails) if email not in free)
        account = self._store.account()
        credits = account.address_credits if account else None
        if credits is not None and len(wanted) > credits:
            raise TooFewCredits(f"addresses to reserve: {len(wanted)}, credits left: {credits}")
        shown: set[str] = set()
        reasons: dict[str, str] = {}
        for start in range(0, len(wanted), RESERVED_AT_ONCE):
            asked = wanted[start : start + RESERVED_AT_ONCE]
            self.changes += 1
            try:
                answer = await service.reserve_many(asked)
            except (OwnedByAnother, Rejected) as error:
                reasons |= _reasons(asked, str(error))
            except ServiceError as error:  # so would the next op
                reasons |= dict.fromkeys(wanted[start:], str(error))
                break
            else:
                told = [address for address in answer if address.email in asked]
                shown |= {address.email for address in told}
                await self._keep(told)
        if unseen := [email for email in wanted if email not in shown]:
            there = [address for address in await service.addresses() if address.email in unseen]
            shown |= {address.email for address in there}
            await self._keep(there)
        return Reserved(
            new=tuple(email for email in wanted if email in shown),
            already=already,
            refused=tuple(
                (email, reasons.get(email, "Mailsac does not show it"))
                for email in wanted
                if email not in shown
            ),
        )

    def unreserved(self, emails: Iterable[str]) -> list[str]:
        """Those of the addresses that are not reserved by the account, once each, in order."""
        mine = {address.email for address in self._store.addresses()}
        return [email for email in dict.fromkeys(emails) if email not in mine]

    async def _keep(self, reserved: Sequence[Address]) -> None:
        """Take in addresses that are the account's own since now."""
        if not reserved:
            return
        account = self._store.account()
        # the answer may be a bare record: what counts is that it was not refused
        me = account.id if account else "me"
        owned = [replace(address, owner=address.owner or me) for address in reserved]
        await self._store.set_addresses([*self._store.addresses(), *owned])
        await self._take_credits(len(owned))
        self._changed()

    async def _take_credits(self, count: int) -> None:
        account = self._store.account()
        if account is not None and account.address_credits is not None:
            left = max(0, account.address_credits - count)
            await self._store.set_account(replace(account, address_credits=left))

    async def release(self, email: str) -> None:
        """Give an address up (1 op); it is watched as a public inbox from now on.

        Raises:
            ServiceError: refused, or it could not be asked.
        """
        service = self._online()
        self.changes += 1
        await service.release(email)
        await self._store.drop_address(email)
        await self._take_credits(-1)
        self._changed()

    async def availability(self, email: str) -> Availability:
        """Whether an address can be reserved (1 op).

        Raises:
            ServiceError: it could not be asked.
        """
        return await self._online().availability(email)

    async def check(self, emails: Sequence[str]) -> tuple[AddressCheck, ...]:
        """Whether addresses are well formed and disposable (1 op for one, and for each 50).

        Raises:
            ServiceError: it could not be asked.
        """
        service = self._online()
        if len(emails) == 1:
            return (await service.validate(emails[0]),)
        found: list[AddressCheck] = []
        for start in range(0, len(emails), CHECKED_AT_ONCE):
            found += await service.validate_many(emails[start : start + CHECKED_AT_ONCE])
        return tuple(found)

    async def domain(self, name: str) -> DomainDetail:
        """A domain as it is now, with its number of messages (1 op).

        Raises:
            ServiceError: it could not be asked.
        """
        detail = await self._online().domain(name)
        known = {domain.name: domain for domain in self._store.domains()}
        await self._store.set_domains((known | {name: detail.domain}).values())
        self._changed()
        return detail

    async def send_test(self, to: str, subject: str, text: str) -> None:
        """Send a mail in plain text to one address (1 op; its arrival may cost another).

        Raises:
            NoOutgoing: the service takes none. OpenAPI 1.0.8 knows no route for it.
            ServiceError: it could not be asked.
        """
        service = self._online()
        try:
            await service.send(sender=self.sender(to), to=(to,), subject=subject, text=text)
        except ServiceError as error:
            if isinstance(error, NotFound | OwnedByAnother | Rejected) or error.status == 501:
                raise NoOutgoing(to, error) from None
            raise

    def sender(self, to: str) -> str:
        """Whom a test message comes from: an address of the account, where it has one."""
        mine = [address.email for address in self._store.addresses()]
        own = [email for email in mine if not email.startswith("*")]
        return to if canonical(to) in own or not own else own[0]

    async def watch(self, email: str) -> None:
        """Look at an inbox without owning it (no op)."""
        if self._store.address(email) is None:
            await self._store.watch(email)
            self._changed()

    async def unwatch(self, email: str) -> None:
        """Look away from a public inbox and forget its mail here (no op)."""
        await self._store.unwatch(email)
        self._changed()

    def new_test_address(self) -> str:
        """A public address that nobody is likely to have used."""
        letters = random.SystemRandom().choices(_LETTERS, k=8)
        return f"try-{''.join(letters)}@{PUBLIC_DOMAIN}"

    def _online(self) -> Service:
        service = self._service()
        if service is None:
            raise Unreachable("not connected yet")
        return service


def canonical(text: str) -> str | None:
    """An address as its inbox is named: lower case, without a plus-tag; None if it is none.

    A bare local part means one at mailsac.com.
    """
    text = text.strip().lower()
    if text and "@" not in text:
        text = f"{text}@{PUBLIC_DOMAIN}"
    local, _, domain = text.rpartition("@")
    local = local.partition("+")[0]
    if not local or "." not in domain or len(text) > 254:
        return None
    if any(c.isspace() or not c.isprintable() or c in '/?#,;:"<>()[]\\@' for c in local + domain):
        return None
    return f"{local}@{domain}"


def split_list(text: str) -> tuple[str, ...]:
    """The entries of a pasted list, once each, in order.

    They are separated by line breaks, commas, semicolons or blanks; of ``Jane <jane@x.example>``
    the address alone is one.
    """
    entries: list[str] = []
    for part in re.split(r"[\n\r,;]+", _QUOTED_NAME.sub(" ", text)):
        before: list[str] = []
        for word in _ENTRY.findall(part):
            if word.startswith("<"):
                # a name; what has an @ was meant to be an address of its own
                entries += [name for name in before if "@" in name]
                before = []
                word = word[1:-1]
            before.append(word.strip(_AROUND))
        entries += before
    return tuple(dict.fromkeys(filter(None, entries)))


def parse_list(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The inboxes that a pasted list means, once each, and the entries that are no address."""
    meant = {entry: canonical(entry) for entry in split_list(text)}
    emails = dict.fromkeys(email for email in meant.values() if email is not None)
    return tuple(emails), tuple(entry for entry, email in meant.items() if email is None)


def field_fault(name: str, value: str) -> str:
    """What is wrong with a value that somebody typed for a text of :data:`FIELDS`; "": nothing."""
    if name == "info":
        over = len(value) - LONGEST_NOTE
        return f"{over:,} characters too long: {LONGEST_NOTE:,} is the most" if over > 0 else ""
    if not value:
        return ""
    if name == "forward":
        is_address = "@" in value and canonical(value) is not None
        return "" if is_address else "an address is wanted: name@domain, or nothing"
    schemes = ("https",) if name == "webhook_slack" else ("http", "https")
    if _is_url(value, schemes):
        return ""
    return f"a URL is wanted: {' or '.join(f'{scheme}://…' for scheme in schemes)}, or nothing"


def _is_url(text: str, schemes: Sequence[str]) -> bool:
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def keeping(rows: Sequence[Row], now: datetime) -> Keeping | None:
    """What the service keeps of a public inbox; None where that is nothing.

    Public and unverified inboxes keep 6 messages and 4 days at most, says the service; under
    load less.

    Args:
        rows: the newest lines of the inbox, newest first; 6 are looked at.
        now: aware.
    """
    since = (now - PUBLIC_LASTS).timestamp() * 1000
    newest = rows[:PUBLIC_KEEPS]
    there = [row.received for row in newest if not row.gone and row.received > since]
    if not there:
        return None
    hours = int((min(there) - since) / 3_600_000)
    days = hours // 24
    left = f"{days} day{'s' * (days > 1)}" if days else f"{max(1, hours)} h"
    return Keeping(f"{len(there)} of {PUBLIC_KEEPS} kept", left)


def _held(address: Address, name: str) -> str | bool:
    """What a field holds; "" where it is empty, off or not told."""
    return getattr(address, name) or ""


def _shows(answer: Address, sent: Address) -> bool:
    """Whether an answer tells of every field, and as it was sent; a bare one proves nothing."""
    return all(
        getattr(answer, name) is not None and _held(answer, name) == _held(sent, name)
        for name in FIELDS
    )


def _said(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"as “{value}”" if value else "empty"


def _reasons(asked: Sequence[str], refusal: str) -> dict[str, str]:
    """Why each of several addresses was refused together: the service may name those it means."""
    named = {word.strip(".:!?'“”()") for word in split_list(refusal)}.intersection(asked)
    together = f"asked for together with {', '.join(sorted(named))}"
    return {email: together if named and email not in named else refusal for email in asked}
