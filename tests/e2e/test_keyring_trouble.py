"""Keyrings that are missing, locked, silent, forgetful, slow or broken, under the whole program.

Each is a real backend of the keyring library, chosen as a person would choose it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.e2e.test_delivery import sandbox_process
from tests.e2e.test_program import KEY, SACTERM, home

__all__ = ["home"]
pytestmark = pytest.mark.thorough

BACKENDS = """
import logging, os, threading, time
from pathlib import Path
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

class Base(KeyringBackend):
    priority = 9
    kept = os.environ.get("TEST_KEPT")
    def get_password(self, service, username):
        self.trouble(self.kept)
        return self.kept
    def set_password(self, service, username, password):
        logging.getLogger("trouble").debug("is to keep %s", password)
        self.trouble(password)
        self.kept = password
    def delete_password(self, service, username):
        self.trouble(self.kept)
        self.kept = None
    def trouble(self, password):
        pass

class Locked(Base):
    def trouble(self, password):
        raise KeyringLocked(f"{password} stays out")

class Silent(Base):
    def trouble(self, password):
        threading.Event().wait()

class SilentWhenMade(Base):
    def __init__(self):
        threading.Event().wait()

class SilentWhenTold(Base):
    def set_password(self, service, username, password):
        threading.Event().wait()

class Forgetful(Base):
    def get_password(self, service, username):
        return None

class Broken(Base):
    def trouble(self, password):
        raise ZeroDivisionError(f"{password} is broken")

class Ending(Base):
    def trouble(self, password):
        raise SystemExit(f"{password} ends it")

class Odd(Base):
    def get_password(self, service, username):
        return str(self.kept).encode()

class Slow(Base):
    def trouble(self, password):
        time.sleep(0.3)

class Locking(Base):
    def trouble(self, password):
        while not Path(os.environ["TEST_UNLOCKED"]).exists():
            time.sleep(0.01)
"""
SILENT_IMPORT = "import threading\nthreading.Event().wait()\n"

NO_ANSWER = "the keyring gave no answer in 3 s"
SAID = {  # by backend: what is said of setting, of the state, and of deleting
    "keyring.backends.fail.Keyring": ("there is no keyring here",) * 3,
    "trouble.Locked": ("the keyring is locked",) * 3,
    "trouble.Silent": (NO_ANSWER,) * 3,
    "trouble.SilentWhenMade": (NO_ANSWER,) * 3,
    "silent.Keyring": (NO_ANSWER,) * 3,
    "trouble.Forgetful": ("did not keep it", "no key in trouble", "There was no key"),
    "trouble.Broken": ("the keyring failed (ZeroDivisionError)",) * 3,
    "trouble.Ending": ("the keyring failed (SystemExit)",) * 3,
    "trouble.Odd": ("the keyring failed (TypeError)",) * 3,
    "trouble.Slow": ("is in the keyring", "kept in trouble", "was deleted"),
}
COMMANDS = ("set", "status", "delete")
WELL = {("trouble.Forgetful", "delete"), *(("trouble.Slow", command) for command in COMMANDS)}
SILENT = [backend for backend, said in SAID.items() if NO_ANSWER in said]
PATIENCE = 12.0  # seconds; a keyring that is waited for takes for ever


@pytest.fixture
def rings(home: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment with the backends; no key of it may be in any file at the end."""
    folder = tmp_path / "rings"
    folder.mkdir()
    (folder / "trouble.py").write_text(BACKENDS)
    (folder / "silent.py").write_text(SILENT_IMPORT)
    yield home | {"PYTHONPATH": str(folder), "TMPDIR": str(tmp_path)}
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [file for file in files if KEY[2:].encode() in file.read_bytes()] == []


class Command:
    """A command that runs, and its end."""

    def __init__(self, environ: dict[str, str], *words: str) -> None:
        self._begun = time.monotonic()
        self._process = subprocess.Popen(
            [*SACTERM, *words],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin
        self._process.stdin.write(KEY + "\n")
        self._process.stdin.close()
        self._process.stdin = None

    def ends(self) -> tuple[int, str, float]:
        """Exit status, all that it said, and the seconds it took."""
        try:
            said, complained = self._process.communicate(timeout=PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
        return self._process.returncode, said + complained, time.monotonic() - self._begun


@pytest.mark.parametrize(
    "backends", [SILENT, *([backend] for backend in SAID if backend not in SILENT)], ids=" ".join
)
def test_every_command_answers_in_one_line_without_the_key(
    rings: dict[str, str], backends: list[str]
) -> None:
    # a key that is there: for a delete to find, and for a fault to tell of
    asked = [(backend, command) for backend in backends for command in COMMANDS]
    running = [
        Command(rings | {"PYTHON_KEYRING_BACKEND": backend, "TEST_KEPT": KEY}, "key", command)
        for backend, command in asked
    ]
    for (backend, command), process in zip(asked, running, strict=True):
        status, said, seconds = process.ends()
        print(f"{backend:30} {command:7} {seconds:.1f} s")
        assert SAID[backend][COMMANDS.index(command)] in said, (backend, command)
        assert said.count("\n") == 1, (backend, command, said)
        assert (status == 0) is ((backend, command) in WELL), (backend, command, said)
        assert KEY[2:] not in said, (backend, command)


def test_the_doctor_answers_without_a_keyring_that_does(rings: dict[str, str]) -> None:
    urls = ("--api", "http://127.0.0.1:1/api", "--socket", "ws://127.0.0.1:1/in")
    environ = rings | {"PYTHON_KEYRING_BACKEND": "trouble.Silent"}
    status, said, seconds = Command(environ, *urls, "doctor").ends()
    print(f"trouble.Silent                 doctor  {seconds:.1f} s")
    assert status == 1
    assert NO_ANSWER in said
    assert said.splitlines()[-1].startswith("--  clock")


# A keyring may take its time, so that a busy machine does not decide what is seen.
PATIENT = [
    sys.executable,
    "-c",
    "import sys; from sacterm.cli import main; from sacterm.settings.keys import KeyStore\n"
    "KeyStore.__init__.__kwdefaults__['timeout'] = 60.0\n"
    "sys.exit(main())",
]
URLS = {"SACTERM_API_URL": "http://127.0.0.1:1/api", "SACTERM_SOCKET_URL": "ws://127.0.0.1:1/in"}


def leaves(terminal: Terminal, keys: str) -> None:
    """Quit, without waiting for a keyring."""
    begun = time.monotonic()
    terminal.press(keys)
    assert terminal.ends() == 0
    seconds = time.monotonic() - begun
    print(f"left in {seconds:.2f} s")
    assert seconds < 2.0
    assert KEY[2:] not in terminal.raw.decode("utf-8", "replace")


def test_the_app_gives_a_silent_keyring_up_and_asks_for_the_key(rings: dict[str, str]) -> None:
    environ = rings | URLS | {"PYTHON_KEYRING_BACKEND": "trouble.Silent"}
    with Terminal(SACTERM, environ, size=(100, 30)) as terminal:
        seconds = terminal.sees(NO_ANSWER, "waiting for you to unlock it", "It needs an API key")
        print(f"verdict after {seconds:.1f} s")
        leaves(terminal, "\x1b")


def test_the_app_can_be_left_while_the_keyring_is_silent(
    rings: dict[str, str], tmp_path: Path
) -> None:
    environ = rings | URLS | {"PYTHON_KEYRING_BACKEND": "trouble.Silent"}
    with Terminal(PATIENT, environ, size=(100, 30)) as terminal:
        seconds = terminal.sees("Asking the keyring for the key")
        print(f"first words after {seconds:.1f} s")
        leaves(terminal, "\x1b")
    with sandbox_process(tmp_path / "sandbox.jsonl", key=KEY) as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = rings | urls | {"PYTHON_KEYRING_BACKEND": "trouble.SilentWhenTold"}
        with Terminal(PATIENT, environ, size=(100, 30)) as terminal:
            terminal.sees("It needs an API key")
            terminal.press(f"e{KEY}\r")
            terminal.sees("keeping it in the keyring")
            leaves(terminal, "\x1b")


def test_the_app_goes_on_by_itself_once_the_keyring_is_unlocked(
    rings: dict[str, str], tmp_path: Path
) -> None:
    unlocked = tmp_path / "unlocked"
    with sandbox_process(tmp_path / "sandbox.jsonl", key=KEY) as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = rings | urls | {"PYTHON_KEYRING_BACKEND": "trouble.Locking", "TEST_KEPT": KEY}
        environ["TEST_UNLOCKED"] = str(unlocked)
        with Terminal(PATIENT, environ, size=(100, 30)) as terminal:
            terminal.sees("Asking the keyring for the key")
            unlocked.touch()
            terminal.sees("No mail yet", "online")
            leaves(terminal, "q")


def test_the_app_runs_without_a_keyring_that_works(rings: dict[str, str], tmp_path: Path) -> None:
    with sandbox_process(tmp_path / "sandbox.jsonl", key=KEY) as first:
        urls = {"SACTERM_API_URL": first["api"], "SACTERM_SOCKET_URL": first["socket"]}
        environ = rings | urls | {"PYTHON_KEYRING_BACKEND": "trouble.Broken"}
        with Terminal(SACTERM, environ, size=(100, 30)) as terminal:
            terminal.sees("the keyring failed (ZeroDivisionError)", "It needs an API key")
            terminal.press(f"e{KEY}\r")
            terminal.sees("could not be kept", "for this run only")
            terminal.press("\r")
            terminal.sees("No mail yet", "online")
            leaves(terminal, "q")
