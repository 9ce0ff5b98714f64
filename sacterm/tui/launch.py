"""What the app is given to start with. Put together by the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from pathlib import Path

from msgspec import Struct

from sacterm.mailbox.session import Session
from sacterm.model import Account
from sacterm.settings.options import Settings


class Launch(Struct, kw_only=True):
    """All that differs from run to run.

    Attributes:
        settings: as read.
        problems: lines on what could not be used of them.
        view_state: where the looks are remembered; None: they are not.
        key: the key, if there is one.
        key_problem: why there is none, for a person.
        asking: gives both, where the keyring had not answered yet at the start.
        check: asks the service whose key it is; raises ServiceError.
        keep_key: keeps it in the keyring; blocks; raises KeyringUnavailable.
        open: opens the account's store: of a known account, or, with None, of the one this key
            led to before. None where it never did. Raises StoreFailed.
        tour: whether the tour of hints is shown where no looks are remembered.
        demo: starts a demo and gives what the app then goes on with; blocks; raises SactermError.
        notes: lines on this run; the first stands in the status line.
    """

    settings: Settings
    problems: tuple[str, ...] = ()
    view_state: Path | None = None
    key: str | None = None
    key_problem: str = ""
    asking: Future[tuple[str | None, str]] | None = None
    check: Callable[[str], Awaitable[Account]]
    keep_key: Callable[[str], None]
    open: Callable[[str, Account | None], Session | None]
    tour: bool = False
    demo: Callable[[], Launch] | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Launch(…)"  # holds the key
