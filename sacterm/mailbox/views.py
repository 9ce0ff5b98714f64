"""Which part of the mail is looked at, and one line of it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class ViewKind(Enum):
    """The sorts of view."""

    ALL = "all"
    STARRED = "starred"
    INBOX = "inbox"
    DOMAIN = "domain"


class View(Struct, frozen=True):
    """A list of messages: the account's, the starred, one inbox's or one domain's.

    Attributes:
        kind: the sort of view.
        name: the address or domain, lower case; empty for ``ALL`` and ``STARRED``.
    """

    kind: ViewKind
    name: str = ""

    @property
    def scope(self) -> str:
        """A text that stands for the view: the key of its counts, fit to be kept in a file."""
        return f"{self.kind.value}:{self.name}" if self.name else self.kind.value

    @classmethod
    def from_scope(cls, scope: str) -> View:
        """The view that :attr:`scope` came from; all mail for a text that is none."""
        kind, _, name = scope.partition(":")
        try:
            view = cls(ViewKind(kind), name)
        except ValueError:
            return ALL
        needs_name = view.kind in (ViewKind.INBOX, ViewKind.DOMAIN)
        return view if bool(name) == needs_name else ALL

    @classmethod
    def inbox(cls, email: str) -> View:
        """The view of one inbox."""
        return cls(ViewKind.INBOX, email)

    @classmethod
    def domain(cls, name: str) -> View:
        """The view of all mail of one custom domain."""
        return cls(ViewKind.DOMAIN, name)


ALL = View(ViewKind.ALL)
STARRED = View(ViewKind.STARRED)


class Counts(Struct, frozen=True):
    """How many messages a view holds, and how many of them are unread."""

    total: int = 0
    unread: int = 0


class Row(Struct, frozen=True, kw_only=True, gc=False):
    """What a list shows of one message. All text is untrusted.

    Attributes:
        received: milliseconds since 1970, UTC.
        size: bytes, or None where the service did not say.
        attachments: how many.
        gone: the service no longer has it.
        pushed: it came by socket, so reading it costs nothing.
    """

    id: str
    inbox: str
    original_inbox: str
    sender_name: str
    sender_address: str
    subject: str
    received: int
    size: int | None
    attachments: int
    labels: tuple[str, ...]
    folder: str
    unread: bool
    starred: bool
    gone: bool
    pushed: bool
