"""Copying by programs and by the terminal; none of it may hang or leak."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sacterm.desktop.clipboard import MAX_OSC52, copy_with_tool, fits_terminal, tool, way
from tests.e2e.terminal import Terminal
from tests.waiting import until

TEXT = "Kод 482 913 \N{FACE WITH TEARS OF JOY}"
LOCAL = {"TERM": "xterm-256color"}
SSH = LOCAL | {"SSH_CONNECTION": "192.0.2.1 5000 192.0.2.2 22", "SSH_TTY": "/dev/pts/1"}
TMUX = {"TMUX": "/tmp/tmux-0/default,1,0"}
ALL = "wl-copy xclip xsel pbcopy clip.exe termux-clipboard-set tmux"


def having(programs: str) -> Callable[[str], str | None]:
    return lambda name: f"/usr/bin/{name}" if name in (*programs.split(), "sh") else None


@pytest.mark.parametrize(
    ("environ", "programs", "expected"),
    [
        (LOCAL | {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, ALL, "wl-copy"),
        (LOCAL | {"DISPLAY": ":0"}, "wl-copy xclip xsel", "xclip -selection clipboard"),
        (LOCAL | {"DISPLAY": ":0"}, "xsel", "xsel -ib"),
        (LOCAL, "pbcopy", "pbcopy"),
        (LOCAL | {"WSL_DISTRO_NAME": "Debian"}, "clip.exe", "clip.exe"),
        (LOCAL, "clip.exe", None),
        (LOCAL, "termux-clipboard-set", "termux-clipboard-set"),
        (LOCAL, "xclip xsel wl-copy", None),
        (LOCAL, "tmux", None),
        (LOCAL | TMUX | {"DISPLAY": ":0"}, ALL, "xclip -selection clipboard"),
        (LOCAL | TMUX, "tmux", "tmux"),
        (LOCAL | TMUX, "", None),
        (SSH, ALL, None),
        (SSH | {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ALL, None),
        (SSH | {"DISPLAY": "localhost:10.0"}, ALL, "xclip -selection clipboard"),
        (SSH | TMUX | {"DISPLAY": "localhost:10.0"}, ALL, "tmux"),
    ],
)
def test_the_tool_is_one_that_reaches_the_user(
    environ: Mapping[str, str], programs: str, expected: str | None
) -> None:
    command = tool(environ, having(programs))
    if expected == "tmux":
        assert command is not None
        assert "tmux load-buffer -w -" in command[-1]
    else:
        assert (command and shlex.join(command)) == expected


def test_the_terminal_copies_too_unless_it_would_print_the_sequence() -> None:
    assert way(SSH, having(ALL)) == (None, True)
    assert way(LOCAL | {"DISPLAY": ":0"}, having("xsel")) == (("xsel", "-ib"), True)
    assert way({"TERM": "linux"}, having("")) == (None, False)
    assert way({}, having("")) == (None, False)


async def test_a_tool_gets_the_text_by_stdin_alone(tmp_path: Path) -> None:
    script = "cat > copied; cat /proc/$$/cmdline /proc/$$/environ > seen || :"
    command = ("sh", "-c", f"cd {shlex.quote(str(tmp_path))}; {script}")
    assert await copy_with_tool(TEXT, command)
    assert (tmp_path / "copied").read_text("utf-8") == TEXT
    assert TEXT.encode() not in (tmp_path / "seen").read_bytes()


async def test_what_a_tool_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert await copy_with_tool(TEXT, ("sh", "-c", "cat; cat >&2; echo noise >&2"))
    assert capfd.readouterr() == ("", "")


async def test_a_tool_that_fails_or_is_missing_did_not_copy() -> None:
    assert not await copy_with_tool(TEXT, ("false",))
    assert not await copy_with_tool(TEXT, ("no-such-program-here",))
    assert not await copy_with_tool("x" * 1_000_000, ("sh", "-c", "exec <&-; exit 1"))


async def test_a_tool_that_hangs_is_ended(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f"echo $$ > {shlex.quote(str(pid_file))}; exec sleep 60"
    begin = time.monotonic()
    assert not await copy_with_tool(TEXT, ("sh", "-c", script), limit=0.5)
    assert time.monotonic() - begin < 5
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


async def test_a_tool_that_stays_to_serve_the_selection_is_left_alone(tmp_path: Path) -> None:
    fifo, served = tmp_path / "fifo", tmp_path / "served"
    os.mkfifo(fifo)
    serve = f"read word < {fifo}; echo noise; echo noise >&2; echo $word > {served}"
    begin = time.monotonic()
    assert await copy_with_tool(TEXT, ("sh", "-c", f"cat >/dev/null; ({serve}) &"), limit=30)
    assert time.monotonic() - begin < 10
    await asyncio.to_thread(fifo.write_text, "pasted\n")
    await until(lambda: served.exists() and served.read_text() == "pasted\n")


async def test_windows_gets_text_that_it_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "clip.exe", f"cat > {tmp_path}/copied")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert await copy_with_tool(TEXT, ("clip.exe",))
    copied = (tmp_path / "copied").read_bytes()
    assert copied[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert copied.decode("utf-16") == TEXT


async def test_an_old_tmux_keeps_the_text_at_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(
        tmp_path / "tmux",
        f'case "$*" in *-w*) exit 1;; "load-buffer -") cat > {tmp_path}/copied;; esac',
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    command = tool(TMUX, having("tmux"))
    assert command is not None
    assert await copy_with_tool(TEXT, command)
    assert (tmp_path / "copied").read_text("utf-8") == TEXT


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux")
async def test_tmux_hands_the_text_to_the_terminal_it_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = str(tmp_path / "tmux")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color"}
    tmux = ["tmux", "-S", socket, "-f", "/dev/null"]
    with Terminal([*tmux, "new-session", "echo be''gin; cat"], environ, size=(80, 24)) as terminal:
        try:
            terminal.sees("begin")
            monkeypatch.setenv("TMUX", f"{socket},1,0")
            command = tool(os.environ | SSH, having("tmux"))
            assert command is not None
            assert await copy_with_tool(TEXT, command)
            terminal.press("after\r")
            terminal.sees("after")
            copied = re.findall(rb"\x1b\]52;[^;]*;([^\x07\x1b]*)", terminal.raw)
            assert [b64decode(data).decode() for data in copied] == [TEXT]
        finally:
            await asyncio.to_thread(subprocess.run, [*tmux, "kill-server"], check=True)


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_what_terminals_would_drop_is_not_sent() -> None:
    longest = MAX_OSC52 // 4 * 3
    assert fits_terminal("x" * longest)
    assert not fits_terminal("x" * (longest + 1))
    assert not fits_terminal("é" * (longest // 2 + 1))


async def test_what_is_copied_has_no_control_characters(tmp_path: Path) -> None:
    hostile = "a\x1b[201~\r\nb\tc\x00\x9bd\x7f\ud800"
    await copy_with_tool(hostile, ("sh", "-c", f"cat > {tmp_path}/copied"))
    assert (tmp_path / "copied").read_text() == "a[201~\nb\tcd?"
