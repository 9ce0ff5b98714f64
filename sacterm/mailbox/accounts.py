"""The tables of the account: its addresses, domains and labels, what is watched, what was spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec

from sacterm.mailbox.database import Database
from sacterm.mailbox.ingest import unindex
from sacterm.mailbox.opening import Connection
from sacterm.mailbox.records import milliseconds, record_text, storable
from sacterm.model import Account, AccountStats, Address, Domain


class Watched(msgspec.Struct, frozen=True):
    """A public inbox that is looked at without owning it.

    Attributes:
        email: the address.
        listed: when it was last asked for at the service, ms since 1970; None: never.
    """

    email: str
    listed: int | None


class AccountTables:
    """What is known of the account, beside its mail."""

    _db: Database

    def account(self) -> Account | None:
        """The account as last seen."""
        text = self.meta("account")
        return msgspec.json.decode(text, type=Account) if text else None

    async def set_account(self, account: Account, told: datetime | None = None) -> None:
        """Keep what the service says of the account, and its labels.

        Args:
            account: as it is now.
            told: when the service said so; None where some of it was reckoned here.
        """

        def keep(db: Connection) -> None:
            _set_meta(db, "account", record_text(account))
            if told:
                _set_meta(db, "account-told", told.isoformat())
            db.execute("DELETE FROM labels")
            db.executemany(
                "INSERT OR IGNORE INTO labels VALUES (?)",
                [(storable(label),) for label in account.labels],
            )

        await self._db.write(keep)

    def stats(self) -> AccountStats | None:
        """What is stored for the account at the service, as last told."""
        text = self.meta("stats")
        return msgspec.json.decode(text, type=AccountStats) if text else None

    async def set_stats(self, stats: AccountStats, told: datetime) -> None:
        """Keep what the service says that it stores."""
        await self.set_meta({"stats": record_text(stats), "stats-told": told.isoformat()})

    def told_at(self, what: Literal["account", "stats"]) -> datetime | None:
        """When the service last told of it; None: never, or an earlier version did not note it."""
        text = self.meta(f"{what}-told")
        return datetime.fromisoformat(text) if text else None

    def labels(self) -> tuple[str, ...]:
        """The account's labels, by name."""
        return tuple(name for (name,) in self._db.query("SELECT name FROM labels ORDER BY name"))

    async def add_labels(self, labels: Iterable[str]) -> None:
        """Know labels that were made up here."""
        rows = [(storable(label),) for label in labels]
        if rows:
            await self._db.write(
                lambda db: db.executemany("INSERT OR IGNORE INTO labels VALUES (?)", rows)
            )

    def addresses(self) -> tuple[Address, ...]:
        """The reserved addresses, by name."""
        found = self._db.query("SELECT record FROM addresses ORDER BY email")
        return tuple(msgspec.json.decode(record, type=Address) for (record,) in found)

    def address(self, email: str) -> Address | None:
        """One reserved address."""
        found = self._db.query("SELECT record FROM addresses WHERE email = :email", email=email)
        return msgspec.json.decode(found[0][0], type=Address) if found else None

    def is_mine(self, email: str) -> bool:
        """Whether an inbox is the account's: reserved, or in one of its domains."""
        return bool(
            self._db.query(
                "SELECT 1 FROM addresses WHERE email = :email"
                " UNION ALL SELECT 1 FROM domains WHERE name = :domain",
                email=email,
                domain=email.rpartition("@")[2],
            )
        )

    async def set_addresses(self, addresses: Iterable[Address]) -> None:
        """Keep the account's reserved addresses; mail of others is no longer the account's."""
        records = {storable(address.email): record_text(address) for address in addresses}
        await self._db.write(lambda db: _set_records(db, "addresses", records))

    async def put_address(self, address: Address) -> None:
        """Keep one reserved address; it is not watched as a public inbox any longer."""
        record = record_text(address)

        def put(db: Connection) -> None:
            db.execute(
                "INSERT OR REPLACE INTO addresses VALUES (?, ?)", (storable(address.email), record)
            )
            db.execute("DELETE FROM watched WHERE email = ?", (address.email,))
            _set_owned(db)

        await self._db.write(put)

    async def drop_address(self, email: str) -> None:
        """Forget a reserved address that was released; it is watched as a public inbox."""

        def drop(db: Connection) -> None:
            db.execute("DELETE FROM addresses WHERE email = ?", (email,))
            _watch(db, email)
            _set_owned(db)

        await self._db.write(drop)

    def domains(self) -> tuple[Domain, ...]:
        """The custom domains, by name."""
        found = self._db.query("SELECT record FROM domains ORDER BY name")
        return tuple(msgspec.json.decode(record, type=Domain) for (record,) in found)

    async def set_domains(self, domains: Iterable[Domain]) -> None:
        """Keep the account's custom domains."""
        records = {storable(domain.name): record_text(domain) for domain in domains}
        await self._db.write(lambda db: _set_records(db, "domains", records))

    def watched(self) -> tuple[Watched, ...]:
        """The public inboxes that are watched, oldest first."""
        found = self._db.query("SELECT email, listed FROM watched ORDER BY added, email")
        return tuple(Watched(*values) for values in found)

    async def watch(self, email: str) -> None:
        """Watch a public inbox."""
        await self._db.write(lambda db: _watch(db, email))

    async def unwatch(self, email: str) -> None:
        """Stop watching a public inbox and forget its mail."""

        def forget(db: Connection) -> None:
            db.execute("DELETE FROM watched WHERE email = ?", (email,))
            rows = db.execute("SELECT row FROM messages WHERE inbox = ? AND NOT owned", (email,))
            for (row,) in rows.fetchall():
                unindex(db, row)
                db.execute("DELETE FROM messages WHERE row = ?", (row,))

        await self._db.write(forget)

    async def set_listed(self, email: str) -> None:
        """Note that a public inbox was listed just now."""
        now = milliseconds(datetime.now(UTC))
        await self._db.write(
            lambda db: db.execute("UPDATE watched SET listed = ? WHERE email = ?", (now, email))
        )

    def meta(self, name: str) -> str | None:
        """A remembered value."""
        found = self._db.query("SELECT value FROM meta WHERE name = :name", name=name)
        return str(found[0][0]) if found else None

    async def set_meta(self, values: Mapping[str, str]) -> None:
        """Remember values."""

        def keep(db: Connection) -> None:
            for name, value in values.items():
                _set_meta(db, name, value)

        await self._db.write(keep)

    def ops(self, month: str) -> dict[str, int]:
        """The ops spent in a month (``YYYY-MM``, UTC), by kind."""
        return dict(self._db.query("SELECT kind, spent FROM ops WHERE month = :month", month=month))

    async def add_ops(self, month: str, spent: Mapping[str, int]) -> None:
        """Add to the ops spent in a month."""
        rows = [(month, kind, count) for kind, count in spent.items()]
        await self._db.write(
            lambda db: db.executemany(
                "INSERT INTO ops VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET spent = spent + excluded.spent",
                rows,
            )
        )

    def searches(self) -> tuple[str, ...]:
        """The searches that are kept, oldest first."""
        found = self._db.query("SELECT query FROM searches ORDER BY added, query")
        return tuple(query for (query,) in found)

    async def keep_search(self, query: str) -> None:
        """Keep a search."""
        now = milliseconds(datetime.now(UTC))
        await self._db.write(
            lambda db: db.execute("INSERT OR IGNORE INTO searches VALUES (?, ?)", (query, now))
        )

    async def drop_search(self, query: str) -> None:
        """Keep a search no longer."""
        await self._db.write(
            lambda db: db.execute("DELETE FROM searches WHERE query = ?", (query,))
        )


def _set_meta(db: Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def _set_records(db: Connection, table: str, records: Mapping[str, str]) -> None:
    db.execute(f"DELETE FROM {table}")
    db.executemany(f"INSERT INTO {table} VALUES (?, ?)", records.items())
    if table == "addresses":
        db.executemany("DELETE FROM watched WHERE email = ?", [(email,) for email in records])
    _set_owned(db)


def _set_owned(db: Connection) -> None:
    """Say of each message whether it is the account's, after addresses or domains changed.

    Mail of an inbox that is neither the account's nor watched keeps what it was: history.
    """
    db.execute(
        "UPDATE messages SET owned = 1 WHERE NOT owned AND (inbox IN (SELECT email FROM addresses)"
        " OR domain IN (SELECT name FROM domains))"
    )
    db.execute(
        "UPDATE messages SET owned = 0 WHERE owned AND inbox IN (SELECT email FROM watched)"
        " AND domain NOT IN (SELECT name FROM domains)"
    )


def _watch(db: Connection, email: str) -> None:
    now = milliseconds(datetime.now(UTC))
    db.execute("INSERT OR IGNORE INTO watched VALUES (?, ?, NULL)", (email, now))
