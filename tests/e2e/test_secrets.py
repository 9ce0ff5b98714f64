"""A canary key, looked for wherever it could be told: it is found nowhere."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sacterm.cli import main
from sacterm.errors import KeyringUnavailable
from tests.e2e.people import send
from tests.e2e.terminal import Terminal
from tests.e2e.test_delivery import KEY as SANDBOX_KEY
from tests.e2e.test_delivery import port_of, sandbox_process
from tests.e2e.test_keyring_trouble import BACKENDS
from tests.e2e.test_program import KEY, home
from tests.e2e.test_program import _prepare as make_live
from tests.tui.running import KEY as TYPED_KEY
from tests.tui.running import Rig, filled, running

__all__ = ["home"]

ODD_KEY = "swordfish/canary+99"  # printable, but not as the service makes them

LOUD = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, filename=sys.argv.pop(1))
for name in ("httpx", "httpcore", "websockets", "keyring", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
import os
KEY = os.environ.get("MAILSAC_KEY", "")
"""
RUN = """
from sacterm.cli import main
sys.exit(main())
"""


def traces(key: str, **places: bytes | str | Path) -> list[str]:
    """Where the key is, or what could be made into it; files are looked for in a folder."""
    core = key.removeprefix("k_").encode()
    quoted = quote(core, safe="").encode()
    forms = [core, quoted, base64.b64encode(key.encode())[:-4], core.hex().encode(), core[::-1]]
    texts: dict[str, bytes] = {}
    for name, place in places.items():
        if isinstance(place, Path):
            files = [file for file in place.rglob("*") if file.is_file()]
            assert files, f"nothing in {name}"
            texts |= {str(file): file.read_bytes() + os.fsencode(file.name) for file in files}
        else:
            texts[name] = place.encode() if isinstance(place, str) else place
            assert texts[name], f"nothing in {name}"
    return [name for name, text in texts.items() if any(form in text for form in forms)]


class Gossip(BaseHTTPRequestHandler):
    """A service that repeats the key wherever it refuses it, as its server says."""

    protocol_version = "HTTP/1.1"
    server: GossipServer

    def do_GET(self) -> None:
        key = self.headers.get("Mailsac-Key") or self.path.partition("key=")[2].partition("&")[0]
        route = self.path.partition("?")[0].removeprefix("/api")
        if route == "/incoming-messages" or self.server.refuses:
            self.server.refused.add(route)
            words = {"message": f"no: {key} at {self.path}", "error": key}
            self._answer(self.server.status, words, f"Not {key}")
        else:
            self._answer(200, ANSWERS[route], "OK")

    def do_HEAD(self) -> None:
        self._answer(200, None, "OK")

    def _answer(self, status: int, body: object, reason: str) -> None:
        said = b"" if self.command == "HEAD" else json.dumps(body).encode()
        self.send_response(status, reason)
        self.send_header("X-Said", reason)
        self.send_header("Content-Length", str(len(said)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        pass


ANSWERS: dict[str, object] = {
    "/me": {"_id": "me"},
    "/addresses": [{"_id": "a@x.test", "owner": "me", "enablews": True}],
    "/domains": [],
    "/inbox": {"messages": []},
}


class GossipServer(ThreadingHTTPServer):
    """Takes REST until it ``refuses`` that too; sockets are always refused."""

    daemon_threads = True

    def __init__(self, status: int = 401) -> None:
        super().__init__(("127.0.0.1", 0), Gossip)
        self.status = status
        self.refuses = False
        self.refused: set[str] = set()
        host = f"127.0.0.1:{self.server_port}"
        self.urls = {
            "SACTERM_API_URL": f"http://{host}/api",
            "SACTERM_SOCKET_URL": f"ws://{host}/incoming-messages",
        }


@pytest.fixture
def gossip() -> Iterator[GossipServer]:
    with GossipServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def loud(tmp_path: Path, more: str = "") -> list[str]:
    """The program with every logger at DEBUG, into a file."""
    return [sys.executable, "-c", LOUD + more + RUN, str(tmp_path / "debug.log")]


@pytest.mark.parametrize(("status", "key"), [(401, KEY), (403, ODD_KEY)])
def test_refusals_that_repeat_it(
    home: dict[str, str], tmp_path: Path, gossip: GossipServer, status: int, key: str
) -> None:
    gossip.status = status
    environ = home | gossip.urls | {"MAILSAC_KEY": key, "PYTHONASYNCIODEBUG": "1"}
    with Terminal(loud(tmp_path), environ, size=(220, 40)) as terminal:
        terminal.sees(f"refuses the key ({status}): no: •••", limit=20)
        arguments = Path(f"/proc/{terminal.pid}/cmdline").read_bytes()
        gossip.refuses = True
        terminal.forget()
        terminal.press("r")
        terminal.sees(f"the service refuses the key ({status}): no: •••")
        screen = terminal.raw
        terminal.press("q")
        assert terminal.ends() == 0
    doctor = subprocess.run([*loud(tmp_path), "doctor"], env=environ, capture_output=True)
    assert f"refuses the key ({status})".encode() in doctor.stdout
    assert gossip.refused >= {"/incoming-messages", "/me"}
    log = (tmp_path / "debug.log").read_text()
    assert "httpcore" in log, "the test sees no log"
    assert "asyncio" in log
    said = doctor.stdout + b"|" + doctor.stderr
    assert (
        traces(key, screen=screen + terminal.raw, argv=arguments, doctor=said, files=tmp_path) == []
    )


FAULT = """
from sacterm.mailsac.rest import MailsacClient
async def inbox(self, **options):
    key = KEY
    try:
        raise OSError(f"wss://sock.example/in?key={key}")
    except OSError as error:
        raise ZeroDivisionError(key, {"Mailsac-Key": key}) from error
MailsacClient.inbox = inbox
"""
EARLY_FAULT = """
import sacterm.settings.config
def load(*arguments, **options):
    raise ZeroDivisionError(f"it was {KEY}")
sacterm.settings.config.load = load
"""


def test_a_fault_behind_the_screen(
    home: dict[str, str], tmp_path: Path, gossip: GossipServer
) -> None:
    environ = home | gossip.urls | {"MAILSAC_KEY": ODD_KEY}
    with Terminal(loud(tmp_path, FAULT), environ, size=(120, 40)) as terminal:
        assert terminal.ends(20) == 1
    assert "sacterm met a fault of its own" in terminal.text
    (report,) = Path(home["XDG_STATE_HOME"]).rglob("crash-*.txt")
    assert "ZeroDivisionError" in report.read_text()
    assert traces(ODD_KEY, screen=terminal.raw, files=tmp_path) == []


def test_a_fault_without_a_screen(home: dict[str, str], tmp_path: Path) -> None:
    command = [*loud(tmp_path, EARLY_FAULT), "doctor"]
    done = subprocess.run(command, env=home | {"MAILSAC_KEY": ODD_KEY}, capture_output=True)
    assert done.returncode == 1
    assert b"sacterm met a fault of its own" in done.stderr
    assert b"Traceback" not in done.stderr
    (report,) = Path(home["XDG_STATE_HOME"]).rglob("crash-*.txt")
    assert "ZeroDivisionError" in report.read_text()
    assert traces(ODD_KEY, said=done.stderr, files=tmp_path) == []


@pytest.mark.parametrize("backend", ["Broken", "Locked", "Odd"])
def test_a_keyring_that_fails(home: dict[str, str], tmp_path: Path, backend: str) -> None:
    (tmp_path / "trouble.py").write_text(BACKENDS)
    environ = home | {"PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": f"trouble.{backend}"}
    done = subprocess.run(
        [*loud(tmp_path), "key", "set"], env=environ, input=KEY.encode(), capture_output=True
    )
    assert done.returncode == 1
    assert b"keyring" in done.stderr
    assert "is to keep •••" in (tmp_path / "debug.log").read_text()
    assert traces(KEY, said=done.stdout + done.stderr, files=tmp_path) == []


@pytest.mark.parametrize("command", ["", "key", "config", "demo", "sandbox", "doctor"])
def test_the_help(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
    monkeypatch.setenv("MAILSAC_KEY", KEY)
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    assert traces(KEY, help=capsys.readouterr().out) == []


def test_exported_files(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()
    with sandbox_process(tmp_path / "sandbox.jsonl") as first:
        make_live(first["api"])
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = home | urls | {"MAILSAC_KEY": SANDBOX_KEY}
        with Terminal(loud(tmp_path), environ, size=(120, 40)) as terminal:
            terminal.sees("live · 1 of 1 confirmed", limit=20)
            send("127.0.0.1", port_of(f"//{first['smtp']}"), 4711, "signup@mailsac.com")
            terminal.sees("Mail 4711")
            for letter, said in (("e", "exported 1 message to"), ("m", ".mbox"), ("j", ".json")):
                terminal.forget()
                terminal.press("X")
                terminal.sees("Export 1 message")
                terminal.press(letter)
                terminal.sees(said)
            terminal.press("q")
            assert terminal.ends() == 0
    exported = [file for file in (tmp_path / "Downloads").rglob("*") if file.is_file()]
    assert {file.suffix for file in exported} == {".eml", ".mbox", ".json"}
    assert traces(SANDBOX_KEY, files=tmp_path) == []


async def test_pictures_of_the_screen() -> None:
    pictures: list[str] = []

    def take(rig: Rig) -> None:
        pictures.append(rig.app.export_screenshot())

    refused = KeyringUnavailable("there is no keyring here")
    async with running(filled(), key=None, known=False, keyring=refused) as rig:
        await rig.sees("It needs an API key")
        await rig.press("e", *TYPED_KEY)
        await rig.sees("•" * len(TYPED_KEY))
        take(rig)
        await rig.press("enter")
        await rig.sees("could not be kept")
        take(rig)
        await rig.press("enter")
        await rig.sees("Subject 29")
        take(rig)
        await rig.press("ctrl+p")
        await rig.sees("Search for commands")
        take(rig)
        below = rig.app.screen_stack[rig.app.screen_stack.index(rig.main)]
        offered = [command.title for command in rig.app.get_system_commands(below)]
    # the framework's own would be saved to a file
    assert offered
    assert not [title for title in offered if "screenshot" in title.lower()]
    assert traces(TYPED_KEY, **{f"picture {n}": svg for n, svg in enumerate(pictures)}) == []
