"""The program as a person runs it, on a real terminal."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.people import send
from tests.e2e.terminal import Terminal
from tests.e2e.test_delivery import KEY as SANDBOX_KEY
from tests.e2e.test_delivery import port_of, sandbox_process
from tests.waiting import until

KEY = "k_canary9f8e7d6c5b4a"
SACTERM = [sys.executable, "-m", "sacterm"]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with a home of its own, no keyring and no settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_demo_shows_mail_and_takes_more(home: dict[str, str], size: tuple[int, int]) -> None:
    with Terminal([*SACTERM, "demo", "--quiet"], home, size=size) as terminal:
        terminal.sees("live · 5 of 5", "195 messages", "Acme Accounts", "smtp 127.0.0.1:", limit=20)
        host, _, port = terminal.text.partition("smtp ")[2].split()[0].partition(":")
        send(host, int(port), 123456, "signup@mailsac.com")
        terminal.sees("Mail 123456", limit=5)
        terminal.press("q")
        assert terminal.ends() == 0
    assert not Path(home["XDG_CONFIG_HOME"]).exists()
    assert not Path(home["XDG_CACHE_HOME"]).exists()
    assert not Path(home["XDG_STATE_HOME"]).exists()


def test_the_demo_mails_something_new_by_itself(home: dict[str, str]) -> None:
    with Terminal([*SACTERM, "demo"], home, size=(120, 40)) as terminal:
        terminal.sees("196 messages", limit=30)
        terminal.press("q")
        assert terminal.ends() == 0


@pytest.mark.parametrize(
    ("theme", "environ"), [("ansi-dark", {}), ("sacterm-dark", {"NO_COLOR": "1"})]
)
def test_colours_are_the_terminals_own_or_none(
    home: dict[str, str], theme: str, environ: dict[str, str]
) -> None:
    file = Path(home["XDG_CONFIG_HOME"]) / "sacterm" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'theme = "{theme}"\n')
    with Terminal(SACTERM, home | environ, size=(80, 24)) as terminal:
        terminal.sees("enter an API key")
        terminal.press("ek_")
        terminal.sees("paste it here", "••")
        sent = re.findall(rb"\x1b\[([0-9;]*)m", terminal.raw)
    codes = {code for one in sent for code in one.split(b";")}
    assert {b"1", b"4"} <= codes, "the line that enter takes is told"
    assert b"7" in codes, "the field that keys go to has a cursor"
    assert not codes & {b"38", b"48"}, "no colour of ours"
    coloured = {code for code in codes if re.fullmatch(rb"(?:[39]|4|10)[0-7]", code)}
    assert bool(coloured) is not bool(environ)


@pytest.mark.parametrize(("given", "frames"), [({}, "200"), ({"TEXTUAL_FPS": "30"}, "30")])
def test_it_paints_as_often_as_it_says(
    home: dict[str, str], tmp_path: Path, given: dict[str, str], frames: str
) -> None:
    told = tmp_path / "frames"
    program = f"""
import atexit, pathlib
from sacterm.cli import main

@atexit.register
def tell():
    from textual.screen import UPDATE_PERIOD
    pathlib.Path({str(told)!r}).write_text(f"{{1 / UPDATE_PERIOD:.0f}}")

main([])
"""
    with Terminal([sys.executable, "-c", program], home | given, size=(80, 24)) as terminal:
        terminal.sees("enter an API key")
        terminal.press("q")
        terminal.ends()
    assert told.read_text() == frames


def test_without_a_terminal_it_says_so(home: dict[str, str]) -> None:
    for command in ([], ["demo"]):
        done = subprocess.run(
            [*SACTERM, *command], env=home, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 2
        assert "run it in a terminal" in done.stderr
        assert "Traceback" not in done.stderr


def test_version_and_help(home: dict[str, str]) -> None:
    def run(option: str) -> str:
        return subprocess.run(
            [*SACTERM, option], env=home, capture_output=True, text=True, check=True
        ).stdout

    assert run("--version").startswith("sacterm 0.")
    assert "sacterm demo" in run("--help")


def test_offline_it_shows_what_it_saw_and_goes_live_by_itself(
    home: dict[str, str], tmp_path: Path
) -> None:
    data = tmp_path / "sandbox.jsonl"
    with sandbox_process(data) as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = home | urls | {"MAILSAC_KEY": SANDBOX_KEY}
        port, smtp_port = port_of(first["api"]), port_of(f"//{first['smtp']}")
        _prepare(first["api"])
        with Terminal(SACTERM, environ, size=(120, 40)) as terminal:
            terminal.sees("live · 1 of 1 confirmed", limit=20)
            send("127.0.0.1", smtp_port, 4711, "signup@mailsac.com")
            terminal.sees("Mail 4711")
            terminal.press("q")
            assert terminal.ends() == 0
    with Terminal(SACTERM, environ, size=(120, 40)) as terminal:
        terminal.sees("Mail 4711", limit=10)
        first_paint = terminal.text
        assert "confirmed" not in first_paint.partition("Mail 4711")[0]
        terminal.sees("offline since", "tries again", limit=10)
        terminal.forget()
        with sandbox_process(data, port, smtp_port):
            terminal.sees("live · 1 of 1 confirmed", limit=60)
            terminal.press("q")
            assert terminal.ends() == 0


def _prepare(api: str) -> None:
    for method, body in (("POST", {}), ("PUT", {"enablews": True})):
        request = urllib.request.Request(
            f"{api}/addresses/signup@mailsac.com",
            method=method,
            data=json.dumps(body).encode(),
            headers={"Mailsac-Key": SANDBOX_KEY, "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()


def test_a_first_run_takes_the_key_and_says_when_it_cannot_be_kept(
    home: dict[str, str], tmp_path: Path
) -> None:
    with sandbox_process(tmp_path / "sandbox.jsonl") as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        with Terminal(SACTERM, home | urls, size=(120, 40)) as terminal:
            terminal.sees("It needs an API key", "keyring", limit=15)
            terminal.press("ek_wrong0123456789\r")
            terminal.sees("refuses the key")
            terminal.press(SANDBOX_KEY + "\r")
            terminal.sees("could not be kept")
            terminal.press("\r")
            terminal.sees("No mail yet")
            terminal.press("q")
            assert terminal.ends() == 0
        assert SANDBOX_KEY not in terminal.raw.decode("utf-8", "replace")
    leaked = [
        file
        for file in tmp_path.rglob("*")
        if file.is_file() and SANDBOX_KEY.encode() in file.read_bytes()
    ]
    assert leaked == []


@pytest.mark.parametrize("killed", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_without_a_key_the_demo_is_one_key_away_and_ends_with_the_app(
    home: dict[str, str], killed: bool
) -> None:
    with Terminal(SACTERM, home, size=(120, 40)) as terminal:
        terminal.sees("d  try the demo", limit=15)
        terminal.press("d")
        terminal.sees("live · 5 of 5", "Acme Accounts", "hint 1 of 5", limit=20)
        host, _, port = terminal.text.partition("smtp ")[2].split()[0].partition(":")
        send(host, int(port), 4712, "signup@mailsac.com")
        terminal.sees("Mail 4712")
        if killed:
            os.kill(terminal.pid, signal.SIGKILL)
        else:
            terminal.press("q")
        assert terminal.ends() == (-signal.SIGKILL if killed else 0)
    asyncio.run(until(lambda: not _listens(host, int(port))))
    assert not Path(home["XDG_CACHE_HOME"]).exists()


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


_LOUD = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, filename=sys.argv.pop(1))
from sacterm.cli import main
sys.exit(main())
"""


def test_the_key_is_nowhere(home: dict[str, str], tmp_path: Path) -> None:
    """With every logger at DEBUG: not in a file, not on the screen, not in the arguments."""
    log = tmp_path / "debug.log"
    data = tmp_path / "sandbox.jsonl"
    with sandbox_process(data, key=KEY) as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = home | urls | {"MAILSAC_KEY": KEY}
        command = [sys.executable, "-c", _LOUD, str(log)]
        with Terminal(command, environ, size=(120, 40)) as terminal:
            terminal.sees("online", limit=20)
            arguments = Path(f"/proc/{terminal.pid}/cmdline").read_bytes()
            terminal.press("r?")
            terminal.sees("Help")
            terminal.press("?q")
            assert terminal.ends() == 0
    logged = log.read_text()
    assert "httpx" in logged, "the test sees no log"
    assert len(logged.splitlines()) > 20
    places = {
        "screen": terminal.raw.decode("utf-8", "replace"),
        "arguments": arguments.decode(),
        **{
            str(file): file.read_bytes().decode("latin-1")
            for file in tmp_path.rglob("*")
            if file.is_file()
        },
    }
    assert [name for name, text in places.items() if KEY in text or KEY[2:] in text] == []


def test_told_to_it_keeps_nothing(home: dict[str, str], tmp_path: Path) -> None:
    with sandbox_process(tmp_path / "sandbox.jsonl") as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = home | urls | {"MAILSAC_KEY": SANDBOX_KEY}
        with Terminal([*SACTERM, "--no-cache"], environ, size=(120, 40)) as terminal:
            terminal.sees("No mail yet")
            terminal.press("q")
            assert terminal.ends() == 0
    assert not Path(home["XDG_CACHE_HOME"]).exists()


def test_a_cache_that_is_rubbish_is_set_aside_and_told(
    home: dict[str, str], tmp_path: Path
) -> None:
    with sandbox_process(tmp_path / "sandbox.jsonl") as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = home | urls | {"MAILSAC_KEY": SANDBOX_KEY}
        with Terminal(SACTERM, environ, size=(120, 40)) as terminal:
            terminal.sees("No mail yet", "online")
            terminal.press("q")
            assert terminal.ends() == 0
        (store,) = Path(home["XDG_CACHE_HOME"]).rglob("*.db")
        store.write_bytes(b"rubbish" * 1000)
        with Terminal(SACTERM, environ, size=(120, 40)) as terminal:
            terminal.sees("it was kept as", "online")
            terminal.press("q")
            assert terminal.ends() == 0
        assert [file.read_bytes()[:7] for file in store.parent.glob("*.set-aside")] == [b"rubbish"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_leaves_the_terminal_as_it_was(
    home: dict[str, str], number: signal.Signals
) -> None:
    with Terminal([*SACTERM, "demo", "--quiet"], home, size=(120, 40)) as terminal:
        terminal.sees("confirmed", limit=20)
        os.kill(terminal.pid, number)
        assert terminal.ends() == 0
    assert b"\x1b[?1049l" in terminal.raw


def test_settings_that_cannot_be_used_are_told_and_passed_over(
    home: dict[str, str], tmp_path: Path
) -> None:
    settings = tmp_path / "config" / "sacterm" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('theme = "none such"\nmark_read_afer = 2\n')
    with sandbox_process(tmp_path / "sandbox.jsonl") as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = home | urls | {"MAILSAC_KEY": SANDBOX_KEY}
        with Terminal(SACTERM, environ, size=(120, 40)) as terminal:
            terminal.sees(
                "settings.toml, line 1", "settings.toml, line 2", "did you mean", "online"
            )
            terminal.press("q")
            assert terminal.ends() == 0


def test_one_url_without_the_other_is_refused(home: dict[str, str]) -> None:
    with Terminal([*SACTERM, "--api", "http://127.0.0.1:1/api"], home, size=(120, 40)) as terminal:
        assert terminal.ends() == 2
    assert "belong together" in terminal.text


def test_a_setting_is_changed_from_the_command_line(home: dict[str, str]) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*SACTERM, *words], env=home, capture_output=True, text=True)

    assert run("config", "set", "refresh_every", "60").returncode == 0
    file = Path(run("config", "path").stdout.strip())
    assert "refresh_every = 60" in file.read_text()
    assert "unknown setting" in run("config", "set", "bogus", "1").stderr
    assert "nord" in run("config", "set", "theme", "none such").stderr
    wrong = run("config", "set", "refresh_every", "1")
    assert wrong.returncode == 2
    assert "from 30 to 86400" in wrong.stderr
    assert "refresh_every = 60" in file.read_text()


def test_a_fault_of_its_own_ends_in_one_line_and_a_report_without_the_key(
    home: dict[str, str],
) -> None:
    program = """
import sys
from sacterm.cli import main
from sacterm.tui.screens.main import MainScreen
def action_refresh(self):
    key = "KEY"
    raise ZeroDivisionError(key)
MainScreen.action_refresh = action_refresh
sys.exit(main(["demo", "--quiet"]))
""".replace("KEY", KEY)
    with Terminal([sys.executable, "-c", program], home, size=(120, 40)) as terminal:
        terminal.sees("confirmed", limit=20)
        terminal.forget()
        terminal.press("r")
        assert terminal.ends() == 1
    assert "sacterm met a fault of its own" in terminal.text
    assert "Traceback" not in terminal.text
    assert KEY not in terminal.text
    (report,) = Path(home["XDG_STATE_HOME"]).rglob("crash-*.txt")
    assert "ZeroDivisionError" in report.read_text()
    assert KEY not in report.read_text()


_SILENT_NAME_SERVER = """
import socket, sys, time
socket.getaddrinfo = lambda *args, **options: time.sleep(60)
from sacterm.cli import main
sys.exit(main())
"""


def test_a_silent_name_server_does_not_hold_up_the_end(home: dict[str, str]) -> None:
    command = [sys.executable, "-c", _SILENT_NAME_SERVER]
    with Terminal(command, home | {"MAILSAC_KEY": KEY}, size=(120, 40)) as terminal:
        terminal.sees("asking Mailsac", limit=20)
        terminal.press("\x11")
        assert terminal.ends(limit=5) == 0


def test_the_keys_are_printed_as_they_are_and_what_is_wrong_with_them(
    home: dict[str, str], tmp_path: Path
) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*SACTERM, "keys", *words], env=home, capture_output=True, text=True)

    settings = tmp_path / "config" / "sacterm" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('keymap = "mutt"\n[keys]\ndelete = "Z"\ndelte = "^k"\nundo = "t"\n')
    own = run()
    lines = [line.split()[:2] for line in own.stdout.splitlines()]
    assert ["delete", "Z"] in lines
    assert ["undo", "u"] in lines
    assert "did you mean delete?" in own.stderr
    assert "t is a key of select already · u stays" in own.stderr
    assert ["delete", "d"] in [
        line.split()[:2] for line in run("--preset", "vim").stdout.split("\n")
    ]
