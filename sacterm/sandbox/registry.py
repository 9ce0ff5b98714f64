"""Who has what: accounts, addresses, domains, and the ops they have spent."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime

from msgspec.structs import replace

from sacterm.sandbox.records import Address, Domain, Forwarding, Ops, Plan, Record, Released

SERVICE_DOMAIN = "mailsac.com"

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f/]{1,253}")
_ALPHABET = string.ascii_letters + string.digits

Keep = Callable[[tuple[Record, ...]], None]
"""Makes records last before they count; what it raises refuses the change."""


class Refusal(Exception):
    """What the API answers instead: a status and the error body's texts."""

    def __init__(self, status: int, message: str, *validation_errors: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.validation_errors = validation_errors


def new_id() -> str:
    """Opaque, unique, safe in a URL."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(22))


def new_key() -> str:
    """A key as the service makes them: ``k_``, then letters and digits."""
    return "k_" + "".join(secrets.choice(_ALPHABET) for _ in range(32))


def normal(email: str) -> str:
    """The inbox an address means: lower case, without its plus-tag."""
    local, at, domain = email.strip().lower().rpartition("@")
    return (local.partition("+")[0] or local) + at + domain


def valid(email: str) -> bool:
    """Is it well formed, as the sandbox sees it: one @, no blanks, usual lengths?"""
    return _EMAIL.fullmatch(email) is not None


def domain_of(email: str) -> str:
    """What stands after the @, lower case."""
    return email.rpartition("@")[2].lower()


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


class Registry:
    """Accounts, addresses, domains and ops of one sandbox.

    Every change is a record. It is first given to ``keep`` and then counts.

    Attributes:
        now: the clock.
        keep: makes records last; does nothing where no journal is.
    """

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self.now = now
        self.keep: Keep = lambda records: None
        self._accounts: dict[str, str] = {}  # by key
        self._plans: dict[str, Plan] = {}
        self._addresses: dict[str, Address] = {}
        self._alternates: dict[str, str] = {}  # encryptedInbox to address
        self._domains: dict[str, Domain] = {}
        self._ops: dict[tuple[str, str], int] = {}

    # Accounts

    def create_account(self, account: str, *, key: str, plan: Plan | None = None) -> None:
        """Adds an account, or gives a known one another key and plan."""
        self._accounts[key] = account
        self._plans[account] = plan or Plan()

    def account_of(self, key: str) -> str | None:
        """The account the key opens."""
        return self._accounts.get(key)

    def plan(self, account: str) -> Plan:
        """What the account may use."""
        return self._plans[account]

    def credits(self, account: str) -> int:
        """Addresses the account can still reserve."""
        return self.plan(account).credits - len(self.addresses(account))

    # Ops

    def ops(self, account: str, *, months_ago: int = 0) -> int:
        """What the account has spent in a month, UTC."""
        return self._ops.get((account, self._month(months_ago)), 0)

    def charge(self, account: str, ops: int = 1) -> None:
        """Counts ops. They count even if they cannot be kept: nothing is refused for that."""
        record = Ops(account, self._month(0), self.ops(account) + ops)
        with suppress(OSError):
            self.keep((record,))
        self._apply(record)

    def spent(self, account: str) -> bool:
        """Is the month's limit reached? Then the API is switched off until the 1st, UTC."""
        return self.ops(account) >= self.plan(account).ops

    def _month(self, ago: int) -> str:
        now = self.now().astimezone(UTC)
        months = now.year * 12 + now.month - 1 - ago
        return f"{months // 12:04}-{months % 12 + 1:02}"

    # Addresses

    def addresses(self, account: str) -> list[Address]:
        """What the account has reserved, by name."""
        mine = (address for address in self._addresses.values() if address.owner == account)
        return sorted(mine, key=lambda address: address.email)

    def address(self, email: str) -> Address | None:
        """The record of a reserved address."""
        return self._addresses.get(normal(email))

    def owner(self, inbox: str) -> str | None:
        """Whose an inbox is: who reserved it, or whose the domain is."""
        if address := self._addresses.get(inbox):
            return address.owner
        domain = self._domains.get(domain_of(inbox))
        return domain.owner if domain else None

    def reserve(
        self, account: str, emails: Iterable[str], forwarding: Forwarding | None = None
    ) -> list[Address]:
        """Reserves addresses for the account: all of them, or none.

        Raises:
            Refusal: 400 malformed, already the account's, or no credits; 401 somebody else's.
        """
        wanted = list(dict.fromkeys(normal(email) for email in emails))
        for email in wanted:
            self._check_free(account, email)
        if len(wanted) > self.credits(account):
            raise Refusal(400, "not enough private address credits")
        now = self.now()
        records = [
            Address(
                email=email,
                owner=account,
                encrypted_inbox=f"inbox-{new_id().lower()}@{SERVICE_DOMAIN}",
                forwarding=forwarding or Forwarding(),
                created=now,
                updated=now,
            )
            for email in wanted
        ]
        self._commit(*records)
        return records

    def _check_free(self, account: str, email: str) -> None:
        if not valid(email):
            raise Refusal(400, "not an email address", f"{email!r} is malformed")
        owner = self.owner(email)
        if owner not in (None, account):
            raise Refusal(401, f"{email} belongs to another account")
        if email in self._addresses:
            raise Refusal(400, f"{email} is already reserved by this account")
        if email.startswith("*@") and owner is None:
            raise Refusal(400, "a catch-all needs a custom domain")

    def set_forwarding(self, account: str, email: str, forwarding: Forwarding) -> Address:
        """Replaces the whole forwarding record of a reserved address.

        Raises:
            Refusal: 400 not reserved, 401 somebody else's.
        """
        address = replace(self._reserved(account, email), forwarding=forwarding, updated=self.now())
        self._commit(address)
        return address

    def _reserved(self, account: str, email: str) -> Address:
        inbox = self.accessible(account, email)
        if inbox not in self._addresses:
            raise Refusal(400, f"{inbox} is not reserved: reserve it first")
        return self._addresses[inbox]

    def accessible(self, account: str, email: str, *, status: int = 401) -> str:
        """The inbox an address means, where the account may read it: its own, or public.

        Raises:
            Refusal: with the status, where another account owns it.
        """
        inbox = normal(email)
        if self.owner(inbox) not in (None, account):
            raise Refusal(status, f"{inbox} belongs to another account")
        return inbox

    def inbox_for(self, written: str) -> str:
        """The inbox that mail to this address lies in: the address's, or a catch-all's."""
        email = normal(written)
        email = self._alternates.get(email, email)
        catch_all = "*@" + domain_of(email)
        if email not in self._addresses and catch_all in self._addresses:
            return catch_all
        return email

    # Domains

    def add_domain(
        self, account: str, name: str, *, websocket: bool = False, private: bool = True
    ) -> Domain:
        """Gives a verified custom domain to the account."""
        domain = Domain(
            name=name.lower(),
            owner=account,
            websocket=websocket,
            private=private,
            created=self.now(),
        )
        self._commit(domain)
        return domain

    def domains(self, account: str) -> list[Domain]:
        """The account's domains, by name."""
        mine = (domain for domain in self._domains.values() if domain.owner == account)
        return sorted(mine, key=lambda domain: domain.name)

    def domain(self, account: str, name: str, *, status: int = 401) -> Domain:
        """One of the account's domains.

        Raises:
            Refusal: with the status where another account owns it; 404 where nobody does.
        """
        domain = self._domains.get(name.lower())
        if domain is None:
            raise Refusal(404, f"{name} is not a custom domain")
        if domain.owner != account:
            raise Refusal(status, f"{domain.name} belongs to another account")
        return domain

    def forwards(self, account: str, name: str) -> bool:
        """May mail of this address or domain go to the account's sockets now?"""
        if "@" in name:
            address = self._addresses.get(name)
            return bool(address and address.owner == account and address.forwarding.enablews)
        domain = self._domains.get(name)
        return bool(domain and domain.owner == account and domain.websocket)

    # Records

    def records(self) -> Iterable[Record]:
        """All that is remembered, as few records as possible, in an order ``load`` can take."""
        yield from self._domains.values()
        yield from self._addresses.values()
        for (account, month), count in self._ops.items():
            yield Ops(account, month, count)

    def load(self, records: Iterable[Record]) -> None:
        """Takes back what was kept."""
        for record in records:
            self._apply(record)

    def _commit(self, *records: Record) -> None:
        self.keep(records)
        for record in records:
            self._apply(record)

    def _apply(self, record: Record) -> None:
        match record:
            case Address():
                self._addresses[record.email] = record
                self._alternates[record.encrypted_inbox] = record.email
            case Released():
                address = self._addresses.pop(record.email)
                del self._alternates[address.encrypted_inbox]
            case Domain():
                self._domains[record.name] = record
            case Ops():
                self._ops[record.account, record.month] = record.count
