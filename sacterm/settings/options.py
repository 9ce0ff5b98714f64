"""The options there are: what each is for, and what it may be."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from sacterm.errors import SettingsInvalid
from sacterm.redact import HIDDEN, redact

_LONGEST = 86_400  # seconds: a day
_LONGEST_GRACE = 3_600  # seconds
_LEAST_REFRESH = 30  # seconds; each listing costs an op of the month's
_URLS = ("api_url", "socket_url")
_SECURE = ("https", "wss")

_URL = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<host>[\w.-]+|\[[\da-f:.]+\])(?::(?P<port>\d{1,5}))?"
    r"(?P<path>/((?![?#\\])[!-~])*)?",
    re.ASCII | re.IGNORECASE,
)

COLUMNS = ("marks", "from", "subject", "inbox", "code", "age", "size")
"""The columns there are, in the order they have unless the user says otherwise."""


class Settings(Struct, frozen=True, kw_only=True):
    """What the user can choose.

    Attributes:
        theme: name of a Textual theme.
        marks: which signs mark a message: "unicode" or "ascii".
        density: lines a message takes in the list: "compact" one, "roomy" two.
        dates: in the list: "relative" ages, or "absolute" times.
        api_url: base of the REST API, without a slash at its end.
        socket_url: the web socket, without its query.
        allow_http: whether the two URLs may be plain ``http`` and ``ws`` to other machines.
        mark_read_after: seconds a message stays open before it counts as read here; 0 at once,
            negative never.
        refresh_every: seconds between listings of inboxes that are not live; 0 never.
        delete_grace: seconds in which a deletion can be undone; 0 for none.
        read_sync: which read marks the service is told of: "never", "manual" (those made by hand)
            or "always".
        cache: whether mail is kept on this machine from run to run.
        keymap: the keys to begin with: "vim", "arrows" or "mutt".
        keys: keys bound anew, by the id of the command, as a person writes them: comma-separated,
            "" for none.
        columns_show: the columns of the list, from left to right.
        notices_how: how new mail is told of while the window is not in front: "none", "bell" or
            "desktop".
        notices_of: addresses, domains and kept searches that are told of; none for all.
    """

    theme: str = "sacterm-dark"
    marks: Literal["unicode", "ascii"] = "unicode"
    density: Literal["compact", "roomy"] = "compact"
    dates: Literal["relative", "absolute"] = "relative"
    api_url: str = "https://mailsac.com/api"
    socket_url: str = "wss://sock.mailsac.com/incoming-messages"
    allow_http: bool = False
    mark_read_after: float = 1.0
    refresh_every: float = 0.0
    delete_grace: float = 10.0
    read_sync: Literal["never", "manual", "always"] = "manual"
    cache: bool = True
    keymap: Literal["vim", "arrows", "mutt"] = "vim"
    keys: dict[str, str] = {}
    columns_show: tuple[str, ...] = COLUMNS
    notices_how: Literal["none", "bell", "desktop"] = "none"
    notices_of: tuple[str, ...] = ()


class Rule(NamedTuple):
    """What a setting is for, in the file's comments, and what it may be.

    Attributes:
        purpose: lines of a comment.
        wanted: what is allowed, to be read before "is wanted".
        accept: the value to use for one of the right type; raises ValueError for none.
    """

    purpose: str
    wanted: str
    accept: Callable[[Any], Any]


def _name(value: str) -> str:
    if not value:
        raise ValueError
    return value


def _url(secure: str, plain: str) -> Callable[[str], str]:
    """A check for service URLs; where the plain scheme leads, :func:`_stays_secret` looks."""

    def accept(value: str) -> str:
        url = _URL.fullmatch(value)
        if url is None or int(url["port"] or 0) > 65_535:
            raise ValueError
        if url["scheme"].lower() not in (secure, plain):
            raise ValueError
        return value.rstrip("/")

    return accept


def _stays_secret(value: str) -> bool:
    """Whether nobody on the way can read what goes to a usable URL: TLS, or this machine."""
    url = _URL.fullmatch(value)
    return url is not None and (url["scheme"].lower() in _SECURE or _is_loopback(url["host"]))


def _is_loopback(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def allows_http(values: Mapping[str, object]) -> bool:
    """What the file says of it, wherever in the file it stands."""
    return values.get("allow_http") is True


def _seconds(value: float) -> float:
    if not math.isfinite(value) or value > _LONGEST:
        raise ValueError
    return value


def _refresh(value: float) -> float:
    if value and not _LEAST_REFRESH <= value <= _LONGEST:
        raise ValueError
    return value


def _grace(value: float) -> float:
    if not 0 <= value <= _LONGEST_GRACE:
        raise ValueError
    return value


def _columns(value: tuple[str, ...]) -> tuple[str, ...]:
    if "subject" not in value or len(set(value)) < len(value) or set(value) - set(COLUMNS):
        raise ValueError
    return value


RULES: Mapping[str, Rule] = {  # by the name in the file, as in NAMES
    "theme": Rule(
        "The colours, by the name of a theme. One picked in the app wins over this.",
        "the name of a theme",
        _name,
    ),
    "marks": Rule(
        'The signs for unread, starred, live and so on: "unicode" (● ★ ◐) or "ascii" (* N ~).',
        '"unicode" or "ascii"',
        str,
    ),
    "density": Rule(
        'Lines of a message in the list: "compact" takes one, "roomy" two.\n'
        "What is picked in the app wins over this.",
        '"compact" or "roomy"',
        str,
    ),
    "dates": Rule(
        'Dates in the list: "relative" (3h) or "absolute" (Fri 14:02), in your own time zone and\n'
        "in the words of your locale (LC_TIME). What is picked in the app wins over this.",
        '"relative" or "absolute"',
        str,
    ),
    "api_url": Rule(
        "Where the REST API is. Plain http only on this machine, see allow_http.",
        "an https:// URL (http:// on this machine, or with allow_http) without user, password "
        "and query",
        _url("https", "http"),
    ),
    "socket_url": Rule(
        "Where the web socket is. Plain ws only on this machine, see allow_http.",
        "a wss:// URL (ws:// on this machine, or with allow_http) without user, password and query",
        _url("wss", "ws"),
    ),
    "allow_http": Rule(
        "Take http:// and ws:// URLs of other machines too. Everybody on the way can then read\n"
        "your key and your mail, and change them: only for a service in a network of your own.",
        "true or false",
        bool,
    ),
    "mark_read_after": Rule(
        "Seconds a message stays open before it counts as read here.\n"
        "0 counts at once, a negative number never.",
        f"a number of seconds up to {_LONGEST} (negative: never)",
        _seconds,
    ),
    "refresh_every": Rule(
        "Seconds between listings of the inboxes that are not live. 0 never lists them by\n"
        f"itself; each listing costs an op, so {_LEAST_REFRESH} is the least.",
        f"0 (never) or a number of seconds from {_LEAST_REFRESH} to {_LONGEST}",
        _refresh,
    ),
    "delete_grace": Rule(
        "Seconds in which a deletion can be undone, before Mailsac is told; it knows no undo.",
        "a number of seconds from 0 to 3600",
        _grace,
    ),
    "read_sync": Rule(
        'Which read marks Mailsac is told of, at an op each: "never", "manual" (those made by\n'
        'hand), or "always" (also of messages that were shown).',
        '"never", "manual" or "always"',
        str,
    ),
    "cache": Rule(
        "Keep mail on this machine, so that it is there at the next start and offline.",
        "true or false",
        bool,
    ),
    "keymap": Rule(
        'The keys to begin with: "vim", "arrows" or "mutt". [keys] below changes single ones.',
        '"vim", "arrows" or "mutt"',
        str,
    ),
    "columns.show": Rule(
        "The columns there are to be, from left to right; subject is always wanted.",
        f"a list of {', '.join(COLUMNS)}, each once, with subject among them",
        _columns,
    ),
    "notices.how": Rule(
        'How to tell of new mail while the window is not in front: "none", "bell" (the\n'
        'terminal\'s) or "desktop": a notice with inbox, sender and subject, where the terminal\n'
        "is one that shows it (kitty, Ghostty, iTerm2, WezTerm, foot, rxvt, Warp), else the bell.\n"
        "A terminal that does not tell when its window is left counts as in front: tmux needs\n"
        "focus-events on, and for notices of the desktop allow-passthrough.",
        '"none", "bell" or "desktop"',
        str,
    ),
    "notices.of": Rule(
        "Tell of these alone: addresses, domains, and searches kept in the sidebar. None: of all.",
        "a list of names",
        tuple,
    ),
}
TABLES = {  # what the file says of them
    "columns": "",
    "notices": "",
    "keys": "Keys of your own, by the command's id: sacterm keys prints them all. One or several,\n"
    'with commas; "" for none. For example: delete = "d, delete"',
}
_FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}

NAMES = tuple(RULES)
"""The settings as the file has them, a table's by the table's name, a dot and its own."""


def field_of(name: str) -> str:
    """Where :class:`Settings` has a setting of the file."""
    return name.replace(".", "_")


def default_of(name: str) -> Any:
    """What a setting of the file is, unless the user says otherwise."""
    return _FIELDS[field_of(name)].default


def usable(
    name: str, value: object, themes: Collection[str] | None = None, *, allow_http: bool
) -> Any:
    """The value to use for a setting of the file.

    Raises:
        SettingsInvalid: there is none; shows the value, and says what is wanted.
    """
    wanted = RULES[name].wanted
    try:
        found = RULES[name].accept(msgspec.convert(value, _FIELDS[field_of(name)].type))
        if name == "theme" and themes is not None and found not in themes:
            wanted = f"one of {', '.join(sorted(themes))}"
            raise ValueError
        if name in _URLS and not (allow_http or _stays_secret(found)):
            raise ValueError
    except ValueError:
        raise SettingsInvalid(f"{name} = {shown(value)}: {wanted} is wanted") from None
    return found


def unknown(name: str) -> str:
    """What to say of a name that is none of a setting, and which may be meant."""
    from difflib import get_close_matches

    near = get_close_matches(name, RULES, n=1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    return f"unknown setting '{_plain(redact(name))}'{meant}"


def shown(value: object) -> str:
    """A value as the file writes it, short, and without what may be secret."""
    match value:
        case str():
            without_user = re.sub(r"(?s)^(\w+://)?.*@", rf"\g<1>{HIDDEN}@", redact(value))
            without_query = re.sub(r"(?s)\?.+", f"?{HIDDEN}", without_user)
            return f'"{_plain(without_query)}"'
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 64:
            return "a huge number"
        case int() | float():
            return str(value)
        case list() if all(isinstance(each, str) for each in value):
            return _plain(f"[{', '.join(map(shown, value))}]")
        case _:
            return "a list, table or date"


def _plain(text: str) -> str:
    """One short line without control characters, for a person to read."""
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[:101])
    return shown if len(shown) <= 100 else shown[:99] + "…"
