"""``settings.toml``: read forgivingly, written without losing what a person wrote there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, MutableMapping
from pathlib import Path
from typing import Any, NamedTuple

from sacterm.errors import SettingsInvalid
from sacterm.settings.options import (
    RULES,
    TABLES,
    Settings,
    allows_http,
    default_of,
    field_of,
    shown,
    unknown,
    usable,
)
from sacterm.settings.tomltext import flat, key_lines, read, write


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
            chosen[field_of(name)] = usable(name, value, themes, allow_http=allows_http(values))
        except SettingsInvalid as error:
            problems.append(f"{place}: {error}")
        else:
            origins[name] = place

    def choose_key(command: str, value: object, place: str) -> None:
        if isinstance(value, str):
            chosen.setdefault("keys", {})[command] = value
            origins[f"keys.{command}"] = place
        else:
            problems.append(f"{place}: {command} = {shown(value)}: the name of a key is wanted")

    text, values = "", dict[str, Any]()
    try:
        text, values = read(file)
    except SettingsInvalid as error:
        problems.append(str(error))
    lines = key_lines(text)
    for name, value in flat(values, TABLES).items():
        place = f"{file.name}, line {lines[name]}"
        if name in TABLES and isinstance(value, dict):
            continue
        if name.startswith("keys."):
            choose_key(name.removeprefix("keys."), value, place)
        elif name in RULES:
            choose(name, value, place)
        else:
            problems.append(f"{place}: {unknown(name)}")

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
    import tomllib

    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    table, _, key = name.rpartition(".")
    text, values = read(file)
    if table == "keys" and isinstance(value, str):
        wanted: Any = value
    elif name in RULES:
        wanted = usable(name, value, allow_http=allows_http(values))
    else:
        raise SettingsInvalid(f"{unknown(name)}: {', '.join(RULES)}")
    values = tomllib.loads(text or template())
    _put(values, table, key, wanted)
    text = text or template()
    # Where our own commented line still stands, the value belongs there.
    in_place = text
    if name in RULES:
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


def as_toml(value: object) -> str:
    """A value as the file writes it."""
    import tomlkit

    return tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string()


def _default_line(name: str) -> str:
    return f"{name.rpartition('.')[2]} = {as_toml(default_of(name))}"


def template() -> str:
    """A file of comments: what each setting is for, and its default, ready to be uncommented."""
    text = (
        "# Settings of sacterm. The lines with a value are its defaults: to change one, take\n"
        '# away the "#" before it. The key of your account is never kept here.\n'
    )
    for name, rule in RULES.items():
        if "." not in name:
            text += f"\n{_comment(rule.purpose)}# {_default_line(name)}\n"
    for table, purpose in TABLES.items():
        text += f"\n[{table}]\n{_comment(purpose)}"
        rules = [name for name in RULES if name.startswith(f"{table}.")]
        text += "\n".join(f"{_comment(RULES[n].purpose)}# {_default_line(n)}\n" for n in rules)
    return text


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())
