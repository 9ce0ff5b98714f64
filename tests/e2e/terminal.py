"""A program on a terminal of its own: what it paints, what is typed."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

_ANSI = re.compile(
    rb"\x1b\[[0-9;?<>=!]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\"
    rb"|\x1b[()][A-Za-z0-9]|\x1b[@-Z\\-_=>78c]"
)
# what a real terminal answers, so that no program waits for it
_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;22c",
}


class Terminal:
    """Runs a command on a pty; ``with`` ends it."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], *, size: tuple[int, int]
    ) -> None:
        columns, rows = size
        self.raw = b""
        self._answered = 0
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            try:
                os.execvpe(command[0], list(command), dict(environ))
            finally:
                os._exit(127)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self._fd)

    @property
    def text(self) -> str:
        """All that was ever painted, without its control sequences."""
        return _ANSI.sub(b"", self.raw).decode("utf-8", "replace")

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._fd, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def forget(self) -> None:
        """Begin anew with what was painted."""
        self.raw, self._answered = b"", 0

    def sees(self, *words: str, limit: float = 10.0) -> float:
        """Wait until all words were painted; how long it took, in seconds."""
        begun = time.monotonic()
        while any(word not in self.text for word in words):
            if time.monotonic() - begun > limit or not self._pump(0.05):
                missing = [word for word in words if word not in self.text]
                raise AssertionError(f"not painted: {missing}; last: {self.text[-2000:]!r}")
        return time.monotonic() - begun

    def ends(self, limit: float = 10.0) -> int:
        """Wait for the program's end; its exit status."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            self._pump(0.01)
        raise AssertionError(f"did not end; last: {self.text[-500:]!r}")

    def _pump(self, wait: float) -> bool:
        """Take in what is painted; False at the end of the program."""
        if not select.select([self._fd], [], [], wait)[0]:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False
        self.raw += data
        for question, answer in _ANSWERS.items():
            os.write(self._fd, answer * self.raw[self._answered :].count(question))
        self._answered = len(self.raw)
        return bool(data)
