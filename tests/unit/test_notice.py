"""How a notice reaches the desktop, and that no mail can make more of it than a notice."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from pathlib import Path

import pytest

from sacterm.desktop.notice import LONGEST, Protocol, Tmux, Way, ask_tmux, sequence, way
from tests.unit.hostilestrings import HOSTILE, HUGE, is_unfit

TITLE, BODY = "sacterm · a@x.example", "Acme: Your code"
KITTY = "xterm-256color xterm-kitty kitty(0.40.0)"


@pytest.mark.parametrize(
    ("environ", "protocol"),
    [
        ("TERM=xterm-kitty", Protocol.OSC99),
        ("TERM=xterm-256color KITTY_WINDOW_ID=1", Protocol.OSC99),
        ("TERM=xterm-kitty TERM_PROGRAM=ghostty", Protocol.OSC99),
        ("TERM=xterm-256color TERM_PROGRAM=vscode KITTY_WINDOW_ID=1", Protocol.BELL),
        ("TERM=xterm-256color TERM_PROGRAM=iTerm.app", Protocol.OSC9),
        ("TERM=xterm-256color LC_TERMINAL=iTerm2", Protocol.OSC9),
        ("TERM=xterm-ghostty", Protocol.OSC9),
        ("TERM=xterm-256color TERM_PROGRAM=WezTerm", Protocol.OSC777),
        ("TERM=xterm-256color TERM_PROGRAM=WarpTerminal", Protocol.OSC777),
        ("TERM=foot", Protocol.OSC777),
        ("TERM=rxvt-unicode-256color", Protocol.OSC777),
        ("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", Protocol.BELL),
        ("TERM=xterm-256color VTE_VERSION=7600", Protocol.BELL),
        ("TERM=xterm-256color WT_SESSION=x", Protocol.BELL),
        ("TERM=alacritty", Protocol.BELL),
        ("TERM=linux", Protocol.BELL),
        ("", Protocol.BELL),
    ],
)
def test_what_is_sent_is_what_the_terminal_is_known_to_show(
    environ: str, protocol: Protocol
) -> None:
    assert way(dict(pair.split("=") for pair in environ.split())) == (protocol, False)


@pytest.mark.parametrize(
    ("answer", "said", "expected"),
    [
        ("1|1|1|xterm-kitty|kitty(0.40)", (True, True), (Protocol.OSC99, True)),
        ("on|1|on|xterm-256color|iTerm2 3.5", (True, True), (Protocol.OSC9, True)),
        ("|1|0|foot|", (True, False), (Protocol.OSC777, True)),
        ("1|0|1|foot|", (False, True), (Protocol.BELL, False)),
        ("all|0|1|foot|", (True, True), (Protocol.OSC777, True)),
        ("0|1|1|foot|", (False, True), (Protocol.BELL, False)),
        ("off|1|1|foot|", (False, True), (Protocol.BELL, False)),
        ("1|1|1|xterm-256color|XTerm(379)", (True, True), (Protocol.BELL, False)),
        ("1|1|1||", (True, True), (Protocol.BELL, False)),
        ("no server running", (False, False), (Protocol.BELL, False)),
    ],
)
def test_in_tmux_it_is_what_the_terminal_around_it_shows_if_tmux_hands_it_on(
    tmp_path: Path, answer: str, said: tuple[bool, bool], expected: tuple[Protocol, bool]
) -> None:
    program = tmp_path / "tmux"
    program.write_text(f'#!/bin/sh\n[ "$4" = %7 ] && echo "{answer}"\n')
    program.chmod(0o700)
    path = f"{tmp_path}:{os.environ['PATH']}"
    started_in = {"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "KITTY_WINDOW_ID": "1"}
    environ = {"TMUX": "/tmp/x,1,0", "TMUX_PANE": "%7", "PATH": path} | started_in
    tmux = ask_tmux(environ)
    assert tmux
    assert (tmux.hands_on, tmux.tells_focus) == said
    assert way(environ, tmux) == expected


def test_a_tmux_that_cannot_be_asked_is_left_alone(tmp_path: Path) -> None:
    assert ask_tmux({}) is None
    environ = {"TMUX": "/tmp/x,1,0", "PATH": str(tmp_path), "KITTY_WINDOW_ID": "1"}
    assert ask_tmux(environ) == Tmux()
    assert way(environ, Tmux()).protocol is Protocol.BELL


def test_each_is_as_its_terminal_wants_it() -> None:
    assert sequence(Way(Protocol.BELL), TITLE, BODY) == "\a"
    assert sequence(Way(Protocol.OSC9), TITLE, BODY) == f"\x1b]9;{TITLE}: {BODY}\x1b\\"
    assert sequence(Way(Protocol.OSC777), TITLE, BODY) == f"\x1b]777;notify;{TITLE};{BODY}\x1b\\"
    assert sequence(Way(Protocol.OSC99), "a", "b") == (
        "\x1b]99;i=sacterm:e=1:d=0;YQ==\x1b\\\x1b]99;i=sacterm:e=1:p=body;Yg==\x1b\\"
    )
    assert sequence(Way(Protocol.OSC9, by_tmux=True), "a", "b") == (
        "\x1bPtmux;\x1b\x1b]9;a: b\x1b\x1b\\\x1b\\"
    )


def told(sent: str, protocol: Protocol) -> tuple[str, str]:
    """Title and body, as a terminal would read them; fails where there is anything else."""
    if protocol is Protocol.OSC99:
        form = r"\x1b]99;i=sacterm:e=1:d=0;([\w+/=]*)\x1b\\\x1b]99;i=sacterm:e=1:p=body;([\w+/=]*)"
    elif protocol is Protocol.OSC9:
        form = r"\x1b]9;(sacterm): ([^\x1b]*)"
    else:
        form = r"\x1b]777;notify;([^;\x1b]*);([^;\x1b]*)"
    found = re.fullmatch(form + r"\x1b\\", sent, re.ASCII)
    assert found
    title, body = found.groups()
    if protocol is Protocol.OSC99:
        return b64decode(title).decode(), b64decode(body).decode()
    return title, body


@pytest.mark.parametrize("protocol", [Protocol.OSC9, Protocol.OSC777, Protocol.OSC99])
@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE.values(),
        HUGE,
        '<img src="https://evil.example/x"><a href=x>go</a>',
        "4;1;100",
        "x;d=1:p=close;y",
    ],
)
def test_nothing_hostile_is_more_than_a_notice(protocol: Protocol, text: str) -> None:
    for by_tmux in (False, True):
        sent = sequence(Way(protocol, by_tmux), "sacterm", text)
        if by_tmux:
            assert sent.startswith("\x1bPtmux;")
            assert sent.endswith("\x1b\\")
            wrapped = sent.removeprefix("\x1bPtmux;").removesuffix("\x1b\\")
            assert not re.search("(?<!\x1b)(?:\x1b\x1b)*\x1b(?!\x1b)", wrapped)
            sent = wrapped.replace("\x1b\x1b", "\x1b")
        title, body = told(sent, protocol)
        assert title == "sacterm"
        assert len(body) <= LONGEST
        assert not any(map(is_unfit, body))
        assert not set(body) & set("<>;")
