"""A program on a terminal, and when it painted what."""

from __future__ import annotations

import os
import sys
import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.letters import ADDRESSES
from tests.bench.service import KEY, Places
from tests.e2e.terminal import Terminal

SIZE = (120, 40)
PATIENCE = 30.0  # seconds
LIVE = f"live · {len(ADDRESSES)} of {len(ADDRESSES)}"

clock = time.perf_counter  # the same in all processes of a machine


class Painted(NamedTuple):
    """What came at once: when, and where in all that is remembered it ends."""

    at: float
    end: int


class Memory(NamedTuple):
    """Of one process, in MiB."""

    resident: float
    proportional: float


class Program(Terminal):
    """A program whose every paint is noted.

    Attributes:
        begun: when it was started.
        painted: what it painted, since that was last forgotten.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.begun = clock()
        self.painted: list[Painted] = []
        super().__init__(command, environ, size=SIZE)

    def forget(self) -> None:
        super().forget()
        self.painted.clear()

    def type(self, keys: str) -> float:
        """Type, and say when."""
        at = clock()
        self.press(keys)
        return at

    def when(self, word: str, start: int = 0) -> float | None:
        """When a word, all of one style, was painted first; None if it was not.

        Args:
            word: what to look for.
            start: from which byte on.
        """
        place = self.raw.find(word.encode(), start)
        if place < 0:
            return None
        return self.painted[bisect_right(self.painted, place, key=lambda one: one.end)].at

    def paints(self, *words: str, start: int = 0, limit: float = PATIENCE) -> float:
        """Wait until all the words were painted; when the last of them was."""
        end = clock() + limit
        while missing := [word for word in words if self.raw.find(word.encode(), start) < 0]:
            if clock() > end or not self._pump(0.02):
                raise AssertionError(f"not painted: {missing}; last: {self.text[-2000:]!r}")
        return max(self.when(word, start) or 0.0 for word in words)

    def answers(self, since: float, limit: float = 5.0) -> float:
        """Wait for the first byte that is painted after a moment; when it was."""
        while not self.painted or self.painted[-1].at < since:
            if clock() - since > limit or not self._pump(0.02):
                raise AssertionError(f"painted nothing; last: {self.text[-2000:]!r}")
        return next(painted.at for painted in self.painted if painted.at >= since)

    def rests(self, gap: float = 0.35, limit: float = PATIENCE) -> None:
        """Wait until nothing was painted for ``gap`` seconds."""
        begun = since = clock()
        while (left := since + gap - clock()) > 0:
            if clock() > begun + limit:
                raise AssertionError(f"paints for {limit:.0f} s; last: {self.text[-2000:]!r}")
            self._pump(left)
            since = max(since, self.painted[-1].at if self.painted else since)

    def goes_on(self, until: float) -> None:
        """Take in what is painted until a moment."""
        while (left := until - clock()) > 0:
            self._pump(left)

    def memory(self) -> Memory:
        """What the process takes now; what it started is left out."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:]
        sizes = {name: int(size) / 1024 for name, size, _ in map(str.split, lines)}
        return Memory(sizes["Rss:"], sizes["Pss:"])

    def processor_time(self) -> float:
        """Seconds of the processor that the process took so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _pump(self, wait: float) -> bool:
        before = len(self.raw)
        goes_on = super()._pump(wait)
        if len(self.raw) > before:
            self.painted.append(Painted(clock(), len(self.raw)))
        return goes_on


def sacterm(home: Path, places: Places, profile: Path | None = None) -> Program:
    """The program on a terminal.

    Args:
        home: where it keeps its files.
        places: the service.
        profile: where a profile of it is written, if one is wanted.
    """
    run = ["-m", "sacterm"] if profile is None else ["-m", "tests.bench.profiled", str(profile)]
    urls = ["--api", places.api, "--socket", places.socket]
    return Program([sys.executable, *run, *urls], environment(home) | {"MAILSAC_KEY": KEY})


def bare(home: Path) -> Program:
    """A Textual app with nothing in it."""
    return Program([sys.executable, str(Path(__file__).with_name("bare.py"))], environment(home))


def environment(home: Path) -> dict[str, str]:
    """Without a keyring, and nothing of the user's."""
    folders = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "CACHE", "STATE")}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        **folders,
    }
