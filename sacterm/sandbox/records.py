"""What the sandbox remembers. Frozen: a change is a new record, so that a journal can keep each.

Times are aware, in UTC. Nothing here holds a key.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sacterm.sandbox.letter import Letter

SIZE_LIMIT = 2_500_000  # bytes of a mail: the 2.5 MB of the service


class Plan(Struct, frozen=True, kw_only=True):
    """What an account may use. The defaults are the service's smallest paid plan.

    Attributes:
        ops: API calls, inbound mails and repeated publishes a month (``apiMonthlyLimit``).
        credits: addresses that can be reserved (``privateAddressCredits``, before any is used).
        messages: stored messages before the oldest go (``messageLimit``).
    """

    ops: int = 25_000
    credits: int = 50
    messages: int = 5000


class Forwarding(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a PUT of forwarding replaces, all of it; the defaults are the documented ones."""

    info: str = ""
    forward: str = ""
    enablews: bool = False
    webhook: str = ""
    webhook_slack: str = ""
    webhook_slack_to_from: bool = False


class Address(Struct, frozen=True, kw_only=True, tag="address"):
    """A reserved address, or a catch-all ``*@domain``."""

    email: str
    owner: str
    encrypted_inbox: str
    forwarding: Forwarding
    created: datetime
    updated: datetime


class Domain(Struct, frozen=True, kw_only=True, tag="domain"):
    """A custom domain of an account."""

    name: str
    owner: str
    websocket: bool
    private: bool
    created: datetime


class Mail(Struct, frozen=True, kw_only=True, tag="mail"):
    """One mail in one inbox, as it came. ``arrival`` counts up and settles equal times."""

    id: str
    inbox: str
    original_inbox: str
    envelope_from: str
    received: datetime  # whole milliseconds, as the API tells it
    arrival: int
    raw: bytes
    ip: str
    via: str
    tls: bool


class Marks(Struct, frozen=True, kw_only=True, tag="marks"):
    """What people and the spam filter did to a mail."""

    id: str
    folder: str = "inbox"
    labels: tuple[str, ...] = ()
    read: bool = False
    saved_by: str = ""
    spam: float = 0.0  # 0 to 1


class Gone(Struct, frozen=True, tag="gone"):
    """Mails that are deleted or recycled."""

    ids: tuple[str, ...]


class Released(Struct, frozen=True, tag="released"):
    """An address that is no longer reserved."""

    email: str


class Ops(Struct, frozen=True, tag="ops"):
    """What an account has spent in a month (``2026-11``, UTC)."""

    account: str
    month: str
    count: int


Record = Address | Domain | Mail | Marks | Gone | Released | Ops


class Message(Struct, frozen=True):
    """A stored mail, with its marks and what was read out of it."""

    mail: Mail
    marks: Marks
    letter: Letter
