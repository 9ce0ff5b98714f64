"""``settings.toml``: read forgivingly, written without losing what a person wrote there."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Collection, Mapping, MutableMapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from sacterm.errors import SettingsInvalid
from sacterm.redact import HIDDEN, redact
from sacterm.settings.tomltext import flat, key_lines, read, write

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


class Loaded(NamedTuple):
    """What was found of the settings.

    Attributes:
        settings: those in force.
        problems: what is wrong with those that are not: one readable line each, in the order of
            the file.
        origins: where those come from that are not the defaults, by their names in the file.
    """

    settings: Settings
    problems: tuple[str, ...]
    origins: Mapping[str, str]


def load(
    file: Path,
    environ: Mapping[str, str],
    *,
    api: str | None = None,
    socket: str | None = None,
    cache: bool | None = None,
    themes: Collection[str] | None = None,
) -> Loaded:
    """The settings in force, what is wrong with those that are not, and where they come from.

    The command line (``api``, ``socket``, ``cache``) wins over ``SACTERM_API_URL`` and
    ``SACTERM_SOCKET_URL``, these over the file, the file over the defaults. What cannot be used
    is passed over for the next in that order. Never raises.

    Args:
        file: ``settings.toml``; it need not exist.
        environ: the environment.
        api: REST base from the command line.
        socket: web socket from the command line.
        cache: the command line's word on the cache.
        themes: the themes there are, or None where they are not known.
    """
    chosen: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []

    def choose(name: str, value: object, place: str) -> None:
        try:
            chosen[_field(name)] = _usable(name, value, themes, allow_http=_allows_http(values))
        except SettingsInvalid as error:
            problems.append(f"{place}: {error}")
        else:
            origins[name] = place

    def choose_key(command: str, value: object, place: str) -> None:
        if isinstance(value, str):
            chosen.setdefault("keys", {})[command] = value
            origins[f"keys.{command}"] = place
        else:
            problems.append(f"{place}: {command} = {_shown(value)}: the name of a key is wanted")

    text, values = "", dict[str, Any]()
    try:
        text, values = read(file)
    except SettingsInvalid as error:
        problems.append(str(error))
    lines = key_lines(text)
    for name, value in flat(values, _TABLES).items():
        place = f"{file.name}, line {lines[name]}"
        if name in _TABLES and isinstance(value, dict):
            continue
        if name.startswith("keys."):
            choose_key(name.removeprefix("keys."), value, place)
        elif name in _RULES:
            choose(name, value, place)
        else:
            problems.append(f"{place}: {_unknown(name)}")

    for name, place, url in (
        ("api_url", "SACTERM_API_URL", environ.get("SACTERM_API_URL")),
        ("socket_url", "SACTERM_SOCKET_URL", environ.get("SACTERM_SOCKET_URL")),
        ("api_url", "--api", api),
        ("socket_url", "--socket", socket),
    ):
        if url:
            choose(name, url, place)
    if cache is not None:
        chosen["cache"] = cache
        origins["cache"] = "--no-cache"
    return Loaded(Settings(**chosen), tuple(problems), origins)


def save(file: Path, name: str, value: object) -> None:
    """Change one setting in the file; everything else in it stays as it is, to the comment.

    A missing file is made, with every setting explained and its default commented out.

    Args:
        file: ``settings.toml``.
        name: as it is in the file, a table's by the table's name, a dot and its own.
        value: what it becomes.

    Raises:
        SettingsInvalid: the value cannot be used; or the file is no TOML, and is left alone; or
            it cannot be read or written. One readable line.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    table, _, key = name.rpartition(".")
    text, values = read(file)
    if table == "keys" and isinstance(value, str):
        wanted: Any = value
    elif name in _RULES:
        wanted = _usable(name, value, allow_http=_allows_http(values))
    else:
        raise SettingsInvalid(f"{_unknown(name)}: {', '.join(_RULES)}")
    values = tomllib.loads(text or template())
    _put(values, table, key, wanted)
    text = text or template()
    # Where our own commented line still stands, the value belongs there.
    in_place = text
    if name in _RULES:
        default = _default_line(name)
        in_place = re.sub(rf"(?m)^# {re.escape(default)}(?=\r?$)", default, text)
    for base in (in_place, text):
        try:
            document = tomlkit.parse(base)
            _put(document, table, key, wanted)
            changed = document.as_string()
            if tomllib.loads(changed) == values:
                break
        except (TOMLKitError, ValueError):
            continue
    else:
        raise SettingsInvalid(f"{file.name}: {name} cannot be changed here, only by hand")
    write(file, changed)


def _put(values: MutableMapping[str, Any], table: str, key: str, value: object) -> None:
    place = values.setdefault(table, {}) if table else values
    if not isinstance(place, MutableMapping):
        raise SettingsInvalid(f"{table} is no table there: put it right by hand")
    place[key] = list(value) if isinstance(value, tuple) else value


class _Rule(NamedTuple):
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


def _allows_http(values: Mapping[str, object]) -> bool:
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


_RULES: Mapping[str, _Rule] = {
    "theme": _Rule(
        "The colours, by the name of a theme. One picked in the app wins over this.",
        "the name of a theme",
        _name,
    ),
    "marks": _Rule(
        'The signs for unread, starred, live and so on: "unicode" (● ★ ◐) or "ascii" (* N ~).',
        '"unicode" or "ascii"',
        str,
    ),
    "density": _Rule(
        'Lines of a message in the list: "compact" takes one, "roomy" two.\n'
        "What is picked in the app wins over this.",
        '"compact" or "roomy"',
        str,
    ),
    "dates": _Rule(
        'Dates in the list: "relative" (3h) or "absolute" (Fri 14:02), in your own time zone and\n'
        "in the words of your locale (LC_TIME). What is picked in the app wins over this.",
        '"relative" or "absolute"',
        str,
    ),
    "api_url": _Rule(
        "Where the REST API is. Plain http only on this machine, see allow_http.",
        "an https:// URL (http:// on this machine, or with allow_http) without user, password "
        "and query",
        _url("https", "http"),
    ),
    "socket_url": _Rule(
        "Where the web socket is. Plain ws only on this machine, see allow_http.",
        "a wss:// URL (ws:// on this machine, or with allow_http) without user, password and query",
        _url("wss", "ws"),
    ),
    "allow_http": _Rule(
        "Take http:// and ws:// URLs of other machines too. Everybody on the way can then read\n"
        "your key and your mail, and change them: only for a service in a network of your own.",
        "true or false",
        bool,
    ),
    "mark_read_after": _Rule(
        "Seconds a message stays open before it counts as read here.\n"
        "0 counts at once, a negative number never.",
        f"a number of seconds up to {_LONGEST} (negative: never)",
        _seconds,
    ),
    "refresh_every": _Rule(
        "Seconds between listings of the inboxes that are not live. 0 never lists them by\n"
        f"itself; each listing costs an op, so {_LEAST_REFRESH} is the least.",
        f"0 (never) or a number of seconds from {_LEAST_REFRESH} to {_LONGEST}",
        _refresh,
    ),
    "delete_grace": _Rule(
        "Seconds in which a deletion can be undone, before Mailsac is told; it knows no undo.",
        "a number of seconds from 0 to 3600",
        _grace,
    ),
    "read_sync": _Rule(
        'Which read marks Mailsac is told of, at an op each: "never", "manual" (those made by\n'
        'hand), or "always" (also of messages that were shown).',
        '"never", "manual" or "always"',
        str,
    ),
    "cache": _Rule(
        "Keep mail on this machine, so that it is there at the next start and offline.",
        "true or false",
        bool,
    ),
    "keymap": _Rule(
        'The keys to begin with: "vim", "arrows" or "mutt". [keys] below changes single ones.',
        '"vim", "arrows" or "mutt"',
        str,
    ),
    "columns.show": _Rule(
        "The columns there are to be, from left to right; subject is always wanted.",
        f"a list of {', '.join(COLUMNS)}, each once, with subject among them",
        _columns,
    ),
    "notices.how": _Rule(
        'How to tell of new mail while the window is not in front: "none", "bell" (the\n'
        'terminal\'s) or "desktop": a notice with inbox, sender and subject, where the terminal\n'
        "is one that shows it (kitty, Ghostty, iTerm2, WezTerm, foot, rxvt, Warp), else the bell.\n"
        "A terminal that does not tell when its window is left counts as in front: tmux needs\n"
        "focus-events on, and for notices of the desktop allow-passthrough.",
        '"none", "bell" or "desktop"',
        str,
    ),
    "notices.of": _Rule(
        "Tell of these alone: addresses, domains, and searches kept in the sidebar. None: of all.",
        "a list of names",
        tuple,
    ),
}
_TABLES = {
    "columns": "",
    "notices": "",
    "keys": "Keys of your own, by the command's id: sacterm keys prints them all. One or several,\n"
    'with commas; "" for none. For example: delete = "d, delete"',
}
_FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}

NAMES = tuple(_RULES)
"""The settings as the file has them, a table's by the table's name, a dot and its own."""


def _field(name: str) -> str:
    return name.replace(".", "_")


def _usable(
    name: str, value: object, themes: Collection[str] | None = None, *, allow_http: bool
) -> Any:
    """The value to use, or SettingsInvalid with the value shown and what is wanted."""
    wanted = _RULES[name].wanted
    try:
        usable = _RULES[name].accept(msgspec.convert(value, _FIELDS[_field(name)].type))
        if name == "theme" and themes is not None and usable not in themes:
            wanted = f"one of {', '.join(sorted(themes))}"
            raise ValueError
        if name in _URLS and not (allow_http or _stays_secret(usable)):
            raise ValueError
    except ValueError:
        raise SettingsInvalid(f"{name} = {_shown(value)}: {wanted} is wanted") from None
    return usable


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, _RULES, n=1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    return f"unknown setting '{_plain(redact(name))}'{meant}"


def _shown(value: object) -> str:
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
            return _plain(f"[{', '.join(map(_shown, value))}]")
        case _:
            return "a list, table or date"


def _plain(text: str) -> str:
    """One short line without control characters, for a person to read."""
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[:101])
    return shown if len(shown) <= 100 else shown[:99] + "…"


def as_toml(value: object) -> str:
    """A value as the file writes it."""
    import tomlkit

    return tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string()


def _default_line(name: str) -> str:
    return f"{name.rpartition('.')[2]} = {as_toml(_FIELDS[_field(name)].default)}"


def template() -> str:
    """A file of comments: what each setting is for, and its default, ready to be uncommented."""
    text = (
        "# Settings of sacterm. The lines with a value are its defaults: to change one, take\n"
        '# away the "#" before it. The key of your account is never kept here.\n'
    )
    for name, rule in _RULES.items():
        if "." not in name:
            text += f"\n{_comment(rule.purpose)}# {_default_line(name)}\n"
    for table, purpose in _TABLES.items():
        text += f"\n[{table}]\n{_comment(purpose)}"
        rules = [name for name in _RULES if name.startswith(f"{table}.")]
        text += "\n".join(f"{_comment(_RULES[n].purpose)}# {_default_line(n)}\n" for n in rules)
    return text


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())
