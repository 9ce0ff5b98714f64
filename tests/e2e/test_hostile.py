"""Hostile text in every field and every place, through the whole program, on a strict terminal."""

from __future__ import annotations

import os
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from sacterm.reading.attachments import safe_name
from sacterm.reading.text import display_line
from tests.e2e.hostile_service import OWN, PUSHED, HostileService, hostile_service
from tests.e2e.strict import StrictTerminal
from tests.unit.hostilestrings import HOSTILE, is_unfit

SACTERM = [sys.executable, "-m", "sacterm"]
ESCAPE = "\x1b"
PASTED = "\x1b[200~\x1b]0;x\x07\u202e[/b]\x9b2J\x1b[201~"


@pytest.fixture(
    params=[(80, 24), pytest.param((120, 40), marks=pytest.mark.thorough)],
    ids=["80x24", "120x40"],
)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    columns, rows = request.param
    return columns, rows


@pytest.fixture
def service() -> Iterator[HostileService]:
    with hostile_service() as service:
        yield service


def environment(home: Path, service: HostileService) -> dict[str, str]:
    for name in ("Downloads", "TEMP", "CONFIG/sacterm"):
        (home / name).mkdir(parents=True)
    settings = '[notices]\nhow = "desktop"\nof = ["own@x.example"]'
    (home / "CONFIG/sacterm/settings.toml").write_text(settings)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "TERM_PROGRAM": "WezTerm",
        "COLORTERM": "truecolor",
        "TMPDIR": str(home / "TEMP"),
        **{f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "CACHE", "STATE")},
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "SACTERM_API_URL": service.api,
        "SACTERM_SOCKET_URL": service.socket,
        "MAILSAC_KEY": "k_canary0123456789",
        "PAGER": "cat",
        "EDITOR": "true",
    }


def test_nothing_hostile_acts_anywhere(
    size: tuple[int, int], service: HostileService, tmp_path: Path
) -> None:
    environ = environment(tmp_path, service)
    with StrictTerminal(SACTERM, environ, size=size) as terminal:
        terminal.shows(f"All mail · {len(HOSTILE) + 2} messages", PUSHED, "live · 1 of 1", limit=20)
        look_at_the_list(terminal)
        look_at_the_letter(terminal)
        use_the_letter(terminal)
        ask_about_messages(terminal)
        look_at_addresses(terminal)
        find(terminal)
        tell(terminal, service)
        refuse(terminal, service)
        assert terminal.overflows == []
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.lines
        assert terminal.strays == []
    texts = [b64decode(sent).decode() for sent in terminal.copied]
    assert not any(map(is_unfit, "".join(texts).replace("\n", "")))
    assert sum("\n" in text for text in texts) == 1  # the text of the message
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "CACHE",
        "CONFIG",
        "Downloads",
        "STATE",
        "TEMP",
    ]
    assert list((tmp_path / "TEMP").iterdir()) == []
    saved = [path.name for path in (tmp_path / "Downloads").iterdir()]
    assert all(name == display_line(name) == safe_name(name) for name in saved)
    assert len(saved) == 1 + len(HOSTILE) + 1  # the message, its attachments, an export


def batched(names: Iterable[str], count: int) -> list[list[str]]:
    every = list(names)
    return [every[at : at + count] for at in range(0, len(every), count)]


def look_at_the_list(terminal: StrictTerminal) -> None:
    """Every line of it, with its columns where they belong."""
    for names in batched(HOSTILE, 8):
        terminal.press("j" * len(names))
        terminal.waits(partial(is_listed, terminal, names[-1]), f"{names[-1]} in the list")
    terminal.types("g", PUSHED)


def is_listed(terminal: StrictTerminal, name: str) -> bool:
    rows = ["".join(row) for row in terminal.frame("All mail")]
    assert {row[-8:-2].strip() for row in rows if "★▤" in row} <= {"5 kB"}
    return any(f" {name}:" in row for row in rows)


def look_at_the_letter(terminal: StrictTerminal) -> None:
    """All six views, each to its end."""
    terminal.types("\r", "0 ops · came by socket")
    for begin, end in (
        ("▤ image/png", "pwned"),
        ("[1]", "pwned"),
        ("1 hop", "value"),
        ("https://evil.example/%1Bc", "$(touch"),
        ("multipart/mixed", "pwned"),
        ("Subject: =?utf-8", "--b--"),
    ):
        terminal.shows(begin)
        terminal.press(" " * 12)
        terminal.types("G", end)
        terminal.frame("1 Text")
        terminal.press("g]")  # the next view
    terminal.types("3/", "headers with")
    terminal.types(PASTED, "only “")
    terminal.press("\r" + ESCAPE)
    terminal.hides("only “")
    terminal.types("1/", "find…")
    terminal.types(PASTED, "is not in it")
    terminal.press("\r" + ESCAPE)
    terminal.hides("is not in it")


def use_the_letter(terminal: StrictTerminal) -> None:
    """What can be done with one message: copied, piped, paged, edited, saved, opened."""
    for key, what in (("a", "address"), ("t", "text"), ("u", "curl")):
        terminal.types("y", "esc leaves it as it is", "curl command")
        terminal.frame("Copy")
        terminal.types(key, f"copied the {what}")
        leave_toasts(terminal)
    terminal.types("|", "Pipe the message to")
    terminal.types("cat\r", "exit status 0", "Subject:")
    terminal.frame("cat ─")
    terminal.types("G", "--b--")
    terminal.press("q")
    terminal.types("e", "enter goes back to sacterm")
    terminal.types("\r", "0 ops · came by socket")
    terminal.press("E")
    terminal.types("S", "saved as")
    leave_toasts(terminal)
    terminal.types("5", "enter opens", "B  attachment")
    terminal.types("g", "multipart/mixed")
    terminal.types("jjj\r", "esc closes")
    terminal.frame("3 · image/png")
    terminal.types("q", "enter opens")
    terminal.types("W", f"Save {len(HOSTILE)} attachments")
    terminal.types("y", f"saved {len(HOSTILE)} files")
    leave_toasts(terminal)
    terminal.types("1", "came by")
    terminal.types("4", "a number jumps")
    terminal.types("G\r", "no browser")
    leave_toasts(terminal)


def leave_toasts(terminal: StrictTerminal) -> None:
    """Where the keys go to the message: they still do, and nothing that was told is in sight."""
    terminal.press(ESCAPE)
    terminal.hides("copied", "saved", "exported", "the service")
    terminal.press("\r")


def leave(terminal: StrictTerminal, title: str) -> None:
    """Out of a dialog."""
    terminal.press(ESCAPE)
    terminal.hides(title)


def ask_about_messages(terminal: StrictTerminal) -> None:
    """Labels, folders, changes that the service refuses, deletion, export."""
    terminal.types("gjl", "Labels of 1 message", "action:[@click=app.quit]")
    terminal.frame("Labels of")
    terminal.press("\x1b[B" * len(HOSTILE))
    terminal.shows("zwj:")
    leave(terminal, "Labels of")
    terminal.types("d", "Delete 1 message", "it is starred")
    terminal.frame("Delete 1")
    leave(terminal, "Delete 1")
    terminal.types("s", "(400)")
    leave_toasts(terminal)
    terminal.types("Xe", "are not here yet")
    terminal.types("l", "exported")
    leave_toasts(terminal)


def look_at_addresses(terminal: StrictTerminal) -> None:
    """Addresses, domains and folders: listed, opened, asked about."""
    terminal.types("JJ", "─ action:[@click=app.quit]")
    terminal.frame("action:[@click=app.quit]")
    for _ in range(2):
        terminal.click("[@click=app.quit]")
    for key, title, words, sent, answer in (
        ("a", "action:", "^r saves", "", "nothing is changed"),
        ("C", "Check addresses", "1 address", "\x13", "(400)"),
        ("p", "Send a test message", "^r sends", "\x13", "one address is wanted"),
        ("D", "Purge action:", "type the name", PASTED + "\r", "that is not its name"),
        ("R", "Release action:", "releases it", "", "Anyone can"),
    ):
        terminal.types(key, f"─ {title}", words)
        terminal.types(sent, answer)
        terminal.frame(title)
        leave(terminal, answer)
    terminal.types("w", "(400)")
    leave(terminal, "(400)")
    # the last domain comes before the first line
    terminal.types("KKK", "─ zwj: · ")
    terminal.types("a", "TXT record")
    terminal.types("r", "3 messages")
    terminal.frame("zwj: ─")
    leave(terminal, "TXT record")
    terminal.types("FJ", "─ All mail")
    terminal.types("J" * 6, "─ action:[@click=app.quit]click[/] · 1")
    terminal.types("F", "─ All mail")


def find(terminal: StrictTerminal) -> None:
    """A search of hostile text: typed, kept, and gone again."""
    terminal.types("/" + PASTED, "Nothing found")
    terminal.frame("All mail · “")
    terminal.types("\rB", "is in the sidebar", "0 messages")
    terminal.types("B", "is no longer in the sidebar", f"{len(HOSTILE) + 2} messages")


def tell(terminal: StrictTerminal, service: HostileService) -> None:
    """A notice of what comes while the window is left: of nothing before, and what is named."""
    leave(terminal, "in the sidebar")
    assert terminal.notices == []
    painted = len(terminal.raw)
    terminal.press("\x1b[O")
    terminal.waits(lambda: len(terminal.raw) > painted, "the pane still has the focus")
    service.push("elsewhere@x.example")
    service.push(OWN)
    terminal.waits(lambda: bool(terminal.notices), "no notice")
    terminal.press("\x1b[I")
    ((title, body),) = terminal.notices
    assert title == f"sacterm · {OWN}"
    assert "reset:␛c" in body
    assert not any(map(is_unfit, body))


def refuse(terminal: StrictTerminal, service: HostileService) -> None:
    """What the service says of its trouble stands in the status line."""
    service.refusing.set()
    terminal.types("r", "tries again in", "(503)")
