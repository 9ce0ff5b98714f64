"""What sacterm spends of the account's monthly operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from sacterm.mailbox.store import Store
from sacterm.model import Account


def utc_now() -> datetime:
    """The time, aware, UTC."""
    return datetime.now(UTC)


class Ledger:
    """Counts ops by kind, in this run and in this month.

    Months are those of the service: UTC. The service's own figure, in ``/me``, lags and counts
    the account's other programs too, so what is left is reckoned from it and from what was
    spent here since.
    """

    def __init__(self, store: Store, *, now: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._now = now
        self._run: Counter[str] = Counter()
        self._unsaved: dict[str, Counter[str]] = {}
        self._anchor: tuple[str, int, int] | None = None  # month, ops left, ops counted then
        self._arrived = 0

    @property
    def run(self) -> dict[str, int]:
        """Ops spent in this run, by kind."""
        return dict(self._run)

    @property
    def spent(self) -> int:
        """Ops spent in this run."""
        return self._run.total()

    @property
    def month(self) -> dict[str, int]:
        """Ops spent with this store in this month, by kind."""
        unsaved = self._unsaved.get(self._this_month(), Counter())
        return dict(Counter(self._store.ops(self._this_month())) + unsaved)

    @property
    def left(self) -> int | None:
        """Ops the account has left this month; None until the service has told in this run."""
        if self._anchor is None or self._anchor[0] != self._this_month():
            return None
        _, left, counted = self._anchor
        return max(0, left - (self._run.total() + self._arrived - counted))

    def spend(self, kind: str) -> None:
        """Count one op."""
        self._run[kind] += 1
        self._unsaved.setdefault(self._this_month(), Counter())[kind] += 1

    def arrive(self, count: int) -> None:
        """Count mail that came for the account: each is an op to the service, though not ours."""
        self._arrived += count

    def told(self, account: Account) -> None:
        """Take over the service's own figure."""
        if account.ops_limit is not None and account.ops_used is not None:
            left = account.ops_limit - account.ops_used
            self._anchor = (self._this_month(), left, self._run.total() + self._arrived)

    async def flush(self) -> None:
        """Write to the store what is not yet written there.

        Raises:
            StoreFailed: it stays to be written.
        """
        for month, spent in list(self._unsaved.items()):
            saved = Counter(spent)
            await self._store.add_ops(month, saved)
            spent -= saved
            if not spent:
                self._unsaved.pop(month)

    def _this_month(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m")
