"""What sacterm spends of the account's monthly operations."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sacterm.errors import OpsLimitReached
from sacterm.mailbox.store import Store
from sacterm.model import Account


def utc_now() -> datetime:
    """The time, aware, UTC."""
    return datetime.now(UTC)


class Ledger:
    """Counts ops by kind, in this run and in this month.

    Months are those of the service: UTC. The service's own figure, in ``/me``, lags and counts
    the account's other programs too, so what is left is reckoned from it and from what was
    spent here since. A month that begins after it was told begins with all its ops.

    Attributes:
        limit: ops that this run may spend by itself; None: as many as it needs.
    """

    def __init__(
        self, store: Store, *, limit: int | None = None, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.limit = limit
        self._store = store
        self._now = now
        self._run: defaultdict[str, Counter[str]] = defaultdict(Counter)  # by month
        self._arrived: Counter[str] = Counter()  # by month
        self._unsaved: dict[str, Counter[str]] = {}
        # month, limit, used, counted then
        self._anchor: tuple[str, int | None, int, int] | None = None
        self._days: Counter[str] = Counter()  # of this run
        self._saved: Counter[str] = Counter()  # by month, of this run, in the store
        self._saving = False
        self._elsewhere: Counter[str] = Counter()  # by month, in the store, of other runs
        self._under_way = 0
        self.look_elsewhere()

    @property
    def run(self) -> dict[str, int]:
        """Ops spent in this run, by kind."""
        return dict(sum(self._run.values(), Counter[str]()))

    @property
    def spent(self) -> int:
        """Ops spent in this run."""
        return sum(spent.total() for spent in self._run.values())

    @property
    def today(self) -> int:
        """Ops spent in this run, in this day: UTC, as months are."""
        return self._days[self._this_day()]

    @property
    def month(self) -> dict[str, int]:
        """Ops spent with this store in this month, by kind."""
        unsaved = self._unsaved.get(self._this_month(), Counter())
        return dict(Counter(self._store.ops(self._this_month())) + unsaved)

    @property
    def used(self) -> int | None:
        """Ops the account has used this month; None until the service has told in this run."""
        if self._anchor is None:
            return None
        month, _, used, counted = self._anchor
        if self._this_month() > month:
            month, used, counted = self._this_month(), 0, 0
        return used + self._counted(month) - counted

    @property
    def left(self) -> int | None:
        """Ops the account has left this month; None until the service has told in this run."""
        limit = self._anchor[1] if self._anchor else None
        return None if limit is None or self.used is None else max(0, limit - self.used)

    @property
    def is_at_limit(self) -> bool:
        """Whether nothing more is spent unless a person asks."""
        return self.limit is not None and self.spent >= self.limit

    @contextlib.contextmanager
    def within_limit(self) -> Iterator[None]:
        """Spend one op that no person asked for.

        Raises:
            OpsLimitReached: it is not to be spent.
        """
        if self.limit is not None and self.spent + self._under_way >= self.limit:
            raise OpsLimitReached(f"the limit of {self.limit} ops for this run is reached")
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def spend(self, kind: str) -> None:
        """Count one op."""
        month = self._this_month()
        self._run[month][kind] += 1
        self._days[self._this_day()] += 1
        self._unsaved.setdefault(month, Counter())[kind] += 1

    def arrive(self, count: int) -> None:
        """Count mail that came for the account: each is an op to the service, though not ours."""
        self._arrived[self._this_month()] += count

    def told(self, account: Account) -> None:
        """Take over the service's own figure."""
        if account.ops_used is not None:
            month = self._this_month()
            self._anchor = (month, account.ops_limit, account.ops_used, self._counted(month))

    async def flush(self) -> None:
        """Write to the store what is not yet written there.

        Raises:
            StoreFailed: it stays to be written.
        """
        for month, spent in list(self._unsaved.items()):
            saved = Counter(spent)
            self._saving = True
            try:
                await self._store.add_ops(month, saved)
            finally:
                self._saving = False
            self._saved[month] += saved.total()
            spent -= saved
            if not spent:
                self._unsaved.pop(month)

    def look_elsewhere(self) -> None:
        """Count what other runs on this store have spent.

        Raises:
            StoreFailed: it cannot be read.
        """
        month = self._this_month()
        if not self._saving:  # else nobody knows whether that is counted there already
            self._elsewhere[month] = sum(self._store.ops(month).values()) - self._saved[month]

    def _counted(self, month: str) -> int:
        return self._run[month].total() + self._elsewhere[month] + self._arrived[month]

    def _this_month(self) -> str:
        return self._this_day()[:7]

    def _this_day(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%d")
