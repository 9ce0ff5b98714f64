"""Other programs that are given mail: a command on a pipe, the pager, the editor, the browser.

What a message says is never part of a command line or of the environment: programs get it by
stdin, or as a file with a name of ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from sacterm.errors import SactermError

_CHUNK: Final = 65_536  # bytes; what a pipe holds
_VIM: Final = ("vim", "nvim", "gvim", "mvim")  # and vim.basic, vim.tiny, vimx …
# Modelines of a hostile mail run in the editor. An autocommand, because the user's own vimrc is
# read later and may turn them on; no swap file, which can lie outside the folder of the file.
_VIM_GUARDS: Final = (
    "-n",
    *("--cmd", "augroup sacterm"),
    *("--cmd", "autocmd BufReadPre * setlocal nomodeline"),
    *("--cmd", "augroup END"),
)
_LESS_RUNS: Final = ("LESSOPEN", "LESSCLOSE")
_TEXT_BROWSERS: Final = frozenset(
    (
        "browsh",
        "carbonyl",
        "chawan",
        "cha",
        "elinks",
        "links",
        "links2",
        "lynx",
        "w3m",
        "www-browser",
    )
)

Which = Callable[[str], str | None]
"""Finds a program, as :func:`shutil.which` does."""


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether this is an SSH session, so that the user sits at another machine."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


class ProgramFailed(SactermError):
    """Another program could not be started."""

    remedy = "check $PAGER, $VISUAL and $EDITOR"


class Ran(NamedTuple):
    """What came of a command.

    Attributes:
        status: as the shell ended; negative: the signal that ended it; None: it was ended here.
        output: what it and its children wrote, untrusted.
        cut: whether it wrote more than is kept.
        timed_out: whether it was ended because it took too long.
    """

    status: int | None
    output: bytes
    cut: bool
    timed_out: bool


async def pipe(command: str, data: bytes, *, limit: float = 30.0, most: int = 1_000_000) -> Ran:
    """Run what the user typed by ``/bin/sh`` with a message on its stdin.

    The command has no terminal. It is over when its shell ends: programs that it leaves behind,
    as xclip stays to serve the selection, go on. Cancelled, or after ``limit`` seconds, all of it
    is killed.

    Args:
        command: a line of shell, of the user's own.
        data: what the command reads; it need not.
        limit: seconds.
        most: bytes of output that are kept; the rest is read and dropped.

    Raises:
        ProgramFailed: there is no shell, or no room for the message.
    """
    with contextlib.ExitStack() as opened:
        try:
            # a file, so that a command that does not read holds nobody up
            message = opened.enter_context(tempfile.TemporaryFile())
            message.write(data)
            message.seek(0)
            source, sink = os.pipe()
            output = opened.enter_context(_Output(source, most))
            try:
                process = await asyncio.create_subprocess_exec(
                    *("/bin/sh", "-c", command),
                    stdin=message,
                    stdout=sink,
                    stderr=sink,
                    start_new_session=True,
                )
            finally:
                os.close(sink)
        except OSError as error:
            raise ProgramFailed(f"the command cannot be run: {error.strerror}") from error
        timed_out = False
        try:
            async with asyncio.timeout(limit):
                await process.wait()
        except TimeoutError:
            timed_out = True
        finally:
            if process.returncode is None:
                _kill_group(process.pid)
                await process.wait()
        output.finish()
        status = None if timed_out else process.returncode
        return Ran(status, bytes(output.kept), output.cut, timed_out)


class _Output:
    """Takes what comes out of a pipe while the event loop runs; ``with`` closes it."""

    def __init__(self, source: int, most: int) -> None:
        self.kept = bytearray()
        self.cut = False
        self._most = most
        self._source = source
        os.set_blocking(source, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(source, self._take)

    def __enter__(self) -> _Output:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.remove_reader(self._source)
        os.close(self._source)

    def finish(self) -> None:
        """Take what is still in the pipe, but not what goes on being written."""
        for _ in range(16):  # a pipe holds 1 MiB at most
            if not self._take():
                break

    def _take(self) -> bool:
        try:
            data = os.read(self._source, _CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._loop.remove_reader(self._source)
            return False
        room = self._most - len(self.kept)
        self.kept += data[:room]
        self.cut = self.cut or len(data) > room
        return True


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


@contextmanager
def temporary_file(data: bytes, suffix: str = ".eml") -> Iterator[Path]:
    """A file that only this user can read (0600), gone afterwards with the folder it is alone in.

    Args:
        data: its content.
        suffix: of its name, which is ours.

    Raises:
        ProgramFailed: it cannot be written.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="sacterm-"))
    except OSError as error:
        raise _no_file(error) from error
    try:
        path = folder / f"message{suffix}"
        try:
            path.touch(mode=0o600)
            path.write_bytes(data)
        except OSError as error:
            raise _no_file(error) from error
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _no_file(error: OSError) -> ProgramFailed:
    failed = ProgramFailed(f"no file can be made for the program: {error.strerror}")
    failed.remedy = "check the disk and $TMPDIR"
    return failed


def pager_command(environ: Mapping[str, str], which: Which = shutil.which) -> list[str]:
    """``$PAGER``, or the pager that is here.

    Raises:
        ProgramFailed: ``$PAGER`` has an open quote.
    """
    return _chosen(environ, ("PAGER",), ("less", "more"), which)


def editor_command(environ: Mapping[str, str], which: Which = shutil.which) -> list[str]:
    """``$VISUAL``, ``$EDITOR``, or the editor that is here.

    Raises:
        ProgramFailed: the variable has an open quote.
    """
    return _chosen(environ, ("VISUAL", "EDITOR"), ("nano", "vi"), which)


def _chosen(
    environ: Mapping[str, str], variables: Sequence[str], usual: Sequence[str], which: Which
) -> list[str]:
    for variable in variables:
        try:
            if words := shlex.split(environ.get(variable, "")):
                return words
        except ValueError as error:
            raise ProgramFailed(f"${variable} cannot be read: {error}") from error
    return [next(filter(which, usual), usual[-1])]


def run_in_foreground(command: Sequence[str], path: Path) -> int:
    """Let a program have the terminal until it ends, and give its exit status.

    Blocks, and so belongs into Textual's ``suspend``; to be called in the main thread. less is
    kept from running preprocessors and commands on the file, vim from obeying its modelines. What
    tells this process to end meanwhile is passed on to the program.

    Raises:
        ProgramFailed: the program cannot be started.
        KeyboardInterrupt: this process was told to end, and the program has ended.
    """
    environ = {name: value for name, value in os.environ.items() if name not in _LESS_RUNS}
    program, *options = command
    with _Held() as held:
        try:
            process = subprocess.Popen(  # noqa: S603 - the user's own choice
                [program, *_guards(program), *options, str(path)],
                env=environ | {"LESSSECURE": "1"},
            )
        except OSError as error:
            raise ProgramFailed(f"{program} cannot be started: {error.strerror}") from error
        held.pass_on_to(process)
        process.wait()
    if held.numbers:
        raise KeyboardInterrupt
    return process.returncode


class _Held:
    """Signals, kept from this process while another has the terminal; ``with`` begins and ends it.

    The event loop hears of those that it handles all the same, when it runs again.

    Attributes:
        numbers: of the signals that are to end this process and came meanwhile.
    """

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._before: dict[int, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> _Held:
        # Ctrl+C is meant for the program. Handlers of ours, unlike SIG_IGN, are not inherited.
        self._before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def pass_on_to(self, process: subprocess.Popen[bytes]) -> None:
        """Send what comes, and what came before, to a program."""
        self._process = process
        for number in self.numbers:
            process.send_signal(number)

    def _hear(self, number: int, _: object) -> None:
        self.numbers.append(number)
        if self._process:
            self._process.send_signal(number)


def _guards(program: str) -> tuple[str, ...]:
    # vi is vim on many systems, and refuses its options on others
    found = Path(os.path.realpath(shutil.which(program) or program))
    return _VIM_GUARDS if found.name.startswith(_VIM) else ()


def open_in_browser(
    url: str, environ: Mapping[str, str] = os.environ, which: Which = shutil.which
) -> bool:
    """Hand a page to a graphical browser, without waiting for it.

    Args:
        url: ``http`` or ``https``, checked by the caller. What a shell or PowerShell on the way
            (wslview is a script) could take for its own is percent-encoded.
        environ: says which browser, and whether there is a screen.
        which: finds a program.

    Returns:
        False where there is no graphical browser, as over SSH: the URL is to be copied instead.
    """
    if not url.lower().startswith(("https://", "http://")):
        return False
    # "%" stays: it is part of what is encoded already
    command = browser_command(environ, quote(url, safe="%/:?#[]@!&*+,;=~"), which)
    # xdg-open must not find the text browser that was passed over
    graphical = {name: value for name, value in environ.items() if name != "BROWSER"}
    return bool(command) and start(command, graphical)


def browser_command(environ: Mapping[str, str], url: str, which: Which = shutil.which) -> list[str]:
    """The command that shows a page in a graphical browser, or [].

    ``$BROWSER`` counts as far as it names no text browser, which would take over the terminal.
    """
    for entry in environ.get("BROWSER", "").split(os.pathsep):
        with contextlib.suppress(ValueError):
            words = shlex.split(entry)
            if words and Path(words[0]).name not in _TEXT_BROWSERS and which(words[0]):
                placed = [word.replace("%s", url) for word in words]
                return placed if placed != words else [*words, url]
    found = opener(environ, which)
    return [found, url] if found else []


def opener(environ: Mapping[str, str], which: Which = shutil.which) -> str | None:
    """The program that opens a file or URL with what the desktop has for it, or None."""
    local = not is_remote(environ)
    openers = {
        "open": sys.platform == "darwin" and local,
        "termux-open": "TERMUX_VERSION" in environ and local,
        "wslview": "WSL_DISTRO_NAME" in environ and local,
        "xdg-open": environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"),
    }
    return next((name for name, usable in openers.items() if usable and which(name)), None)


def start(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Start a program that goes on by itself, away from the terminal; False where it cannot."""
    try:
        process = subprocess.Popen(  # noqa: S603 - by argv, of a fixed list or the user's own
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    threading.Thread(target=process.wait, name=command[0], daemon=True).start()
    return True
