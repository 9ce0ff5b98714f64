"""Programs that get the whole terminal, and give it back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.e2e.terminal import Terminal

DEMO = [sys.executable, "-m", "sacterm", "demo", "--quiet"]


def environment(tmp_path: Path, **variables: str) -> dict[str, str]:
    folders = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "CACHE", "STATE")}
    home = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color"}
    return {**home, **folders, **variables}


def script(tmp_path: Path, name: str, text: str) -> str:
    path = tmp_path / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_pager_and_editor_have_the_terminal_and_give_it_back(tmp_path: Path) -> None:
    pager = script(tmp_path, "pager", 'echo "PAGED $(grep -c ^Subject: "$1")"; read -r answer')
    editor = script(tmp_path, "editor", 'echo "EDITED $(grep -c ^Received: "$1")"; echo x >> "$1"')
    environ = environment(tmp_path, PAGER=pager, EDITOR=editor)
    with Terminal(DEMO, environ, size=(100, 30)) as terminal:
        terminal.sees("live · 5 of 5", "195 messages", "enter reads this message", limit=20)
        terminal.press("\r")
        terminal.sees("costs no more ops")
        terminal.press("e")
        terminal.sees("PAGED 1")
        terminal.forget()
        terminal.press("\n")
        terminal.sees("enter goes back to sacterm")
        terminal.press("\n")
        terminal.sees("All mail · 195 messages", "costs no more ops")
        terminal.press("E")
        terminal.sees("EDITED 2", "what was changed there is not kept")
        terminal.press("q")
        assert terminal.ends() == 0


def test_a_program_that_is_missing_leaves_the_terminal_to_the_app(tmp_path: Path) -> None:
    environ = environment(tmp_path, PAGER="no-such-pager", EDITOR="'")
    with Terminal(DEMO, environ, size=(100, 30)) as terminal:
        terminal.sees("live · 5 of 5", "195 messages", "enter reads this message", limit=20)
        terminal.press("\r")
        terminal.sees("costs no more ops")
        terminal.press("e")
        terminal.sees("no-such-pager cannot be started")
        terminal.press("E")
        terminal.sees("$EDITOR cannot be read")
        terminal.press("q")
        assert terminal.ends() == 0
