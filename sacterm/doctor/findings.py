"""What is looked at, and the lines that come of it: fit for a bug report, as they name nobody."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from enum import Enum
from typing import NamedTuple

from msgspec import Struct

from sacterm.desktop.files import home_of
from sacterm.model import Account
from sacterm.redact import HIDDEN, redact
from sacterm.settings.keys import VARIABLE, KeyStatus
from sacterm.settings.locations import Locations
from sacterm.settings.options import Settings

LONGEST = 400  # characters of a line

_EMAIL = re.compile(r"[^\s@'\"<>(]+@[\w.-]+")
_END = r"(?![\w.-])"  # of a part of a path


class Mark(Enum):
    """How it is: the first word of a line."""

    WELL = "ok"
    BAD = "!!"
    UNKNOWN = "--"


class Finding(NamedTuple):
    """One line."""

    mark: Mark
    topic: str
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" · {self.remedy}" if self.remedy else ""
        return f"{self.mark.value}  {self.topic:<9}  {self.found}{remedy}"


class Case(Struct, kw_only=True):
    """What is looked at.

    Attributes:
        settings: as read.
        problems: lines on what could not be used of them.
        may_send: whether the URLs are those that the key is meant for.
        locations: the folders.
        environ: the environment.
        looking: gives the key and what is to be said of it.
        size: columns and lines of the terminal; None: there is none.
        encoding: of what is painted.
        account: whose key it is, once the service has said so.
    """

    settings: Settings
    problems: Sequence[str]
    may_send: bool
    locations: Locations
    environ: Mapping[str, str]
    looking: Future[tuple[str | None, KeyStatus]]
    size: os.terminal_size | None
    encoding: str
    account: Account | None = None

    def __repr__(self) -> str:
        return "Case(…)"  # holds the key


def masked(line: str, case: Case) -> str:
    """A line without what tells of the person, of printable characters alone.

    The key, keys of any kind, the account, email addresses, and the user's name in paths become
    ``•••``; the home folder becomes ``~``.
    """
    secrets = [case.environ.get(VARIABLE, "").strip()]
    if case.looking.done():
        secrets.append(case.looking.result()[0] or "")
    line = redact(line, *secrets)
    home = home_of(case.environ)
    if len(home.parts) > 1:
        line = re.sub(re.escape(str(home)) + _END, "~", line)
    for user in {home.name, case.environ.get("USER", ""), case.environ.get("LOGNAME", "")} - {""}:
        line = re.sub(rf"(?<=[/\\]){re.escape(user)}{_END}", HIDDEN, line)
    if case.account is not None:
        line = re.sub(rf"(?<!\w){re.escape(case.account.id)}(?!\w)", HIDDEN, line)
    line = _EMAIL.sub(HIDDEN, line)
    return "".join(char if char.isprintable() else "?" for char in line)[:LONGEST]
