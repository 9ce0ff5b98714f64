"""``settings.toml``: read forgivingly, written without losing what a person wrote there."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from sacterm.errors import SettingsInvalid
from sacterm.redact import HIDDEN, redact
from sacterm.settings.locations import write_private
from sacterm.settings.tomltext import key_lines, read

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


class Settings(Struct, frozen=True, kw_only=True):
    """What the user can choose.

    Attributes:
        theme: name of a Textual theme.
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
    """

    theme: str = "sacterm-dark"
    api_url: str = "https://mailsac.com/api"
    socket_url: str = "wss://sock.mailsac.com/incoming-messages"
    allow_http: bool = False
    mark_read_after: float = 1.0
    refresh_every: float = 0.0
    delete_grace: float = 10.0
    read_sync: Literal["never", "manual", "always"] = "manual"
    cache: bool = True


def load(
    file: Path,
    environ: Mapping[str, str],
    *,
    api: str | None = None,
    socket: str | None = None,
    cache: bool | None = None,
    themes: Collection[str] | None = None,
) -> tuple[Settings, tuple[str, ...]]:
    """The settings in force, and what is wrong with those that are not.

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

    Returns:
        The settings, and the problems: one readable line each, in the order of the file.
    """
    chosen: dict[str, Any] = {}
    problems: list[str] = []

    def choose(name: str, value: object, place: str) -> None:
        try:
            chosen[name] = _usable(name, value, themes, allow_http=_allows_http(values))
        except SettingsInvalid as error:
            problems.append(f"{place}: {error}")

    text, values = "", dict[str, Any]()
    try:
        text, values = read(file)
    except SettingsInvalid as error:
        problems.append(str(error))
    lines = key_lines(text)
    for name, value in values.items():
        place = f"{file.name}, line {lines[name]}"
        if name in _RULES:
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
    return Settings(**chosen), tuple(problems)


def save(file: Path, name: str, value: str | float | bool) -> None:
    """Change one setting in the file; everything else in it stays as it is, to the comment.

    A missing file is made, with every setting explained and its default commented out.

    Args:
        file: ``settings.toml``.
        name: a field of :class:`Settings`.
        value: what it becomes.

    Raises:
        SettingsInvalid: the value cannot be used; or the file is no TOML, and is left alone; or
            it cannot be read or written. One readable line.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    if name not in _RULES:
        known = ", ".join(_RULES)
        raise SettingsInvalid(f"{_unknown(name)}: {known}")
    text, values = read(file)
    wanted = values[name] = _usable(name, value, allow_http=_allows_http(values))
    text = text or template()
    # Where our own commented line still stands, the value belongs there.
    default = _default_line(name)
    in_place = re.sub(rf"(?m)^# {re.escape(default)}(?=\r?$)", default, text)
    for base in (in_place, text):
        try:
            document = tomlkit.parse(base)
            document[name] = wanted
            changed = document.as_string()
            if tomllib.loads(changed) == values:
                break
        except (TOMLKitError, ValueError):
            continue
    else:
        raise SettingsInvalid(f"{file.name}: {name} cannot be changed here, only by hand")
    try:
        write_private(file, changed.encode())
    except OSError as error:
        raise SettingsInvalid(f"{file.name} cannot be written: {error.strerror}") from None


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


_RULES: Mapping[str, _Rule] = {
    "theme": _Rule(
        "The colours, by the name of a theme. One picked in the app wins over this.",
        "the name of a theme",
        _name,
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
}
_FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}


def _usable(
    name: str, value: object, themes: Collection[str] | None = None, *, allow_http: bool
) -> Any:
    """The value to use, or SettingsInvalid with the value shown and what is wanted."""
    wanted = _RULES[name].wanted
    try:
        usable = _RULES[name].accept(msgspec.convert(value, _FIELDS[name].type))
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
        case _:
            return "a list, table or date"


def _plain(text: str) -> str:
    """One short line without control characters, for a person to read."""
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[:101])
    return shown if len(shown) <= 100 else shown[:99] + "…"


def _default_line(name: str) -> str:
    import tomlkit

    return f"{name} = {tomlkit.item(_FIELDS[name].default).as_string()}"


def template() -> str:
    """A file of comments: what each setting is for, and its default, ready to be uncommented."""
    text = (
        "# Settings of sacterm. The lines with a value are its defaults: to change one, take\n"
        '# away the "#" before it. The key of your account is never kept here.\n'
    )
    for name, rule in _RULES.items():
        purpose = rule.purpose.replace("\n", "\n# ")
        text += f"\n# {purpose}\n# {_default_line(name)}\n"
    return text
