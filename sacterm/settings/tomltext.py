"""Reads TOML with what the parser does not tell: one line for a person, and where a key stands.

And writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sacterm.errors import SettingsInvalid
from sacterm.settings.locations import write_private


def read(file: Path) -> tuple[str, dict[str, Any]]:
    """The file's text, line ends kept, and its values; both empty where there is no file.

    Raises:
        SettingsInvalid: it cannot be read, or is no TOML; line and column are named.
    """
    data = b""
    try:
        data = file.read_bytes()
        import tomllib  # most have no such file

        text = data.decode("utf-8-sig")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except OSError as error:
        problem = f" cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f", line {line}: not UTF-8 text"
    except tomllib.TOMLDecodeError as error:
        problem = f", {_position(str(error), text)}"
    except (ValueError, RecursionError):  # a number of 5,000 digits, brackets without end
        problem = ": not TOML that can be read: a value is too long or too deep"
    raise SettingsInvalid(f"{file.name}{problem}")


def write(file: Path, text: str) -> None:
    """Replace the file, or leave it as it was.

    Raises:
        SettingsInvalid: it cannot be written.
    """
    try:
        write_private(file, text.encode())
    except OSError as error:
        raise SettingsInvalid(f"{file.name} cannot be written: {error.strerror}") from None


def flat(values: Mapping[str, Any], tables: Collection[str] | None = None) -> dict[str, Any]:
    """The values, and after each table those in it, by its name, a dot and theirs.

    Args:
        values: of a file.
        tables: the tables to look into; None for all.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        found[name] = value
        if isinstance(value, dict) and (tables is None or name in tables):
            found |= {f"{name}.{key}": inner for key, inner in value.items()}
    return found


def key_lines(text: str) -> dict[str, int]:
    """The line, from 1, at which each key of valid TOML first stands, as :func:`flat` names them.

    The parser itself says where a statement ends: where the lines since the last one parse.
    """
    import tomllib

    found: dict[str, int] = {}
    statement, start, table = "", 1, ""
    for number, line in enumerate(text.split("\n"), start=1):
        statement += line + "\n"
        try:
            keys = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        names = list(flat(keys))
        if statement.lstrip().startswith("["):
            table = names[-1]
        elif table:
            names = [f"{table}.{name}" for name in names]
        for name in names:
            found.setdefault(name, start)
        statement, start = "", number + 1
    return found


def _position(error: str, text: str) -> str:
    """The parser's message with its "(at line 4, column 7)" put first."""
    what, _, where = error.removesuffix(")").rpartition(" (at ")
    if where == "end of document":
        end = text.rstrip()
        where = f"line {end.count(chr(10)) + 1}, column {len(end) - end.rfind(chr(10))}"
    return f"{where}: not TOML: {what}"
