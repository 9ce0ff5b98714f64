"""The things sacterm talks about. Frozen, and without behaviour beyond themselves.

A field that is ``None`` was not said by the service: it is unknown, which is not the same as
empty or false. Merging two accounts of one message relies on that.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from msgspec import Struct


class Recipient(Struct, frozen=True, gc=False):
    """A name and an address as sent, either of them possibly empty. Untrusted text."""

    name: str = ""
    address: str = ""


class Message(Struct, frozen=True, kw_only=True):
    """One mail as the service tells of it, by listing or by socket. All text is untrusted.

    ``id`` and ``inbox`` are never empty. ``raw``, ``text`` and ``html`` come by socket only.
    """

    id: str
    inbox: str  # the inbox it lies in, lower case
    original_inbox: str | None = None  # as written by the sender: plus-tag, catch-all
    domain: str | None = None
    subject: str | None = None
    sender: tuple[Recipient, ...] | None = None
    to: tuple[Recipient, ...] | None = None
    cc: tuple[Recipient, ...] | None = None
    bcc: tuple[Recipient, ...] | None = None
    received: datetime | None = None  # aware, UTC
    size: int | None = None  # bytes
    attachments: tuple[str, ...] | None = None  # MD5 sums
    links: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    folder: str | None = None
    read: bool | None = None
    starred: bool | None = None  # an account in savedBy
    spam: float | None = None  # 0 to 1
    tls: bool | None = None  # rtls
    ip: str | None = None
    via: str | None = None
    raw: bytes | None = None
    text: str | None = None
    html: str | None = None


class Address(Struct, frozen=True, kw_only=True):
    """A reserved address (or a catch-all ``*@domain``) and its forwarding record."""

    email: str
    owner: str | None = None  # None: nobody owns it, or the service did not say
    info: str | None = None
    forward: str | None = None
    webhook: str | None = None
    webhook_slack: str | None = None
    webhook_slack_to_from: bool | None = None
    websocket: bool = False  # enablews / enabledws
    encrypted_inbox: str | None = None
    catch_all: str | None = None
    created: datetime | None = None
    updated: datetime | None = None


class Availability(Struct, frozen=True):
    """Whether an address can be reserved."""

    email: str
    available: bool
    owned: bool


class Domain(Struct, frozen=True, kw_only=True):
    """A custom domain of the account."""

    name: str
    websocket: bool = False
    verified: bool | None = None
    verified_mx: bool | None = None
    private: bool | None = None
    hosted: bool | None = None
    is_default: bool | None = None
    owner: str | None = None
    verification_txt: str | None = None
    last_verification_errors: str | None = None
    created: datetime | None = None
    updated: datetime | None = None


class DomainDetail(Struct, frozen=True):
    """A domain with what ``GET /domains/:domain`` adds."""

    domain: Domain
    total_messages: int | None = None
    catch_all: Address | None = None


class Account(Struct, frozen=True, kw_only=True):
    """Whose key this is, and what its plan allows."""

    id: str
    email: str | None = None
    ops_used: int | None = None  # moAPICount; lags behind
    ops_limit: int | None = None  # apiMonthlyLimit
    message_limit: int | None = None
    address_credits: int | None = None
    labels: tuple[str, ...] = ()
    billing_hold: str | None = None
    disabled: str | None = None


class AccountStats(Struct, frozen=True, kw_only=True):
    """What is stored for the account."""

    stored: int | None = None
    starred: int | None = None
    inbox_bytes: int | None = None
    last_month_ops: int | None = None
    default_domain: str | None = None
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class InboxPage(Struct, frozen=True):
    """One page of the listing of the whole account, newest first."""

    messages: tuple[Message, ...]
    unread: int | None = None
    limit: int | None = None
    skip: int | None = None


class Attachment(Struct, frozen=True, kw_only=True):
    """What the service or the message itself says of one attachment."""

    name: str = ""  # untrusted
    content_type: str = "application/octet-stream"
    size: int | None = None  # bytes, decoded
    checksum: str | None = None  # MD5
    content_id: str | None = None
    disposition: str | None = None


class AddressCheck(Struct, frozen=True, kw_only=True):
    """Is an address well formed, and is it disposable?"""

    email: str
    valid_format: bool
    local: str | None = None
    domain: str | None = None
    is_disposable: bool | None = None
    disposable_domains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Body(Struct, frozen=True, kw_only=True):
    """What a raw message says, decoded. All text is untrusted.

    Attributes:
        headers: name and decoded value, in order, unfolded.
        text: the plain text part, or "" where there is none.
        html: the HTML part, or "".
        attachments: in the order of the message.
        problems: one line for each thing that was wrong or cut, for a person to read.
    """

    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    problems: tuple[str, ...] = ()


class Liveness(Enum):
    """What may be claimed of an address."""

    LIVE = "live"  # confirmed by the feed's "Listening"
    WAITING = "waiting"  # forwarding is on, not confirmed (now)
    OFF = "off"
    CANNOT = "cannot"  # public: the service forwards reserved addresses only


class Connecting(Struct, frozen=True):
    """The feed is opening a socket.

    Attributes:
        names: addresses and domains asked for.
    """

    names: tuple[str, ...]


class Listening(Struct, frozen=True):
    """The service confirmed a subscription.

    Attributes:
        addresses: all addresses that are confirmed now, over all connections.
        domains: the same for domains.
        gap: names confirmed by this that were not covered without a break until now: mail for
            them may have been missed and must be listed.
    """

    addresses: frozenset[str]
    domains: frozenset[str]
    gap: frozenset[str]


class MailArrived(Struct, frozen=True):
    """A mail came by socket."""

    message: Message


class Notice(Struct, frozen=True):
    """A frame that is neither mail nor a confirmation, or that could not be understood.

    Attributes:
        text: one line for a person, redacted.
        garbled: True where the frame was not what the service documents: mail may be lost in
            it, so the mailbox lists again.
    """

    text: str
    garbled: bool = False


class Lost(Struct, frozen=True):
    """A connection ended or could not be made; it is tried again.

    Attributes:
        reason: one line for a person.
        retry_in: seconds until the next try.
        addresses: all addresses still confirmed, over the other connections.
        domains: the same for domains.
    """

    reason: str
    retry_in: float
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


class Refused(Struct, frozen=True):
    """The service will not have us (401, 403, bad certificate): not tried again by itself.

    Attributes:
        reason: one line for a person.
        remedy: what to do now.
        addresses: all addresses still confirmed, over the other connections.
        domains: the same for domains.
    """

    reason: str
    remedy: str
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


FeedEvent = Connecting | Listening | MailArrived | Notice | Lost | Refused
