"""Which part of the mail is looked at, and one line of it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from msgspec import Struct

HOUR = 3_600_000  # milliseconds


class ViewKind(Enum):
    """The sorts of view."""

    ALL = "all"
    STARRED = "starred"
    INBOX = "inbox"
    DOMAIN = "domain"
    FOLDER = "folder"
    SEARCH = "search"


class View(Struct, frozen=True):
    """A list of messages: all, the starred, or those of one inbox, domain, folder or search.

    Attributes:
        kind: the sort of view.
        name: the address or domain, lower case, the folder, or what is searched for; empty for
            ``ALL`` and ``STARRED``.
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
        needs_name = view.kind not in (ViewKind.ALL, ViewKind.STARRED)
        return view if bool(name) == needs_name else ALL

    @classmethod
    def inbox(cls, email: str) -> View:
        """The view of one inbox."""
        return cls(ViewKind.INBOX, email)

    @classmethod
    def domain(cls, name: str) -> View:
        """The view of all mail of one custom domain."""
        return cls(ViewKind.DOMAIN, name)

    @classmethod
    def folder(cls, name: str) -> View:
        """The view of one folder of the account."""
        return cls(ViewKind.FOLDER, name)

    @classmethod
    def search(cls, query: str) -> View:
        """The view of all mail that fits a search."""
        return cls(ViewKind.SEARCH, query)


ALL = View(ViewKind.ALL)
STARRED = View(ViewKind.STARRED)


class Counts(Struct, frozen=True):
    """How many messages a view holds, and how many of them are unread.

    Attributes:
        is_whole: all were counted; otherwise there may be more.
    """

    total: int = 0
    unread: int = 0
    is_whole: bool = True


class Arrived(NamedTuple):
    """How many messages came to an inbox within an hour.

    Attributes:
        hour: counted from 1970, UTC.
        inbox: the address, untrusted.
        mails: how many.
    """

    hour: int
    inbox: str
    mails: int


class Row(Struct, frozen=True, kw_only=True, gc=False):
    """What a list shows of one message. All text is untrusted.

    Attributes:
        received: milliseconds since 1970, UTC.
        size: bytes, or None where the service did not say.
        attachments: how many.
        code: the one-time code found in it, or "".
        link: the link in it that asks to be followed, or "".
        gone: the service no longer has it.
        pushed: it came by socket, so reading it costs nothing.
        waiting: something of it was changed here and is still to be told to the service.
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
    code: str = ""
    link: str = ""
    waiting: bool = False
