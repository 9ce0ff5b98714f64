"""The key in a real Secret Service: gnome-keyring on a D-Bus of its own, started for the test.

Nothing of the developer's session is touched: the bus, the keyring's folder and the home folder
are temporary, the bus starts no programs by itself, and every process is ended by its id.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytestmark = [
    pytest.mark.realkeyring,
    *(
        pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")
        for program in ("dbus-daemon", "dbus-send", "gnome-keyring-daemon")
    ),
]

KEY = "k_ABCdef0123456789"
OTHER_KEY = "k_XYZuvw9876543210"

BUS = """<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

CHILD = """
import json, sys, time
from sacterm.errors import SactermError
from sacterm.settings.keys import KeyStore

def lock():
    import secretstorage
    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()
    connection.close()

def leave_prompts_unanswered():
    from jeepney import message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection
    global prompter
    prompter = open_dbus_connection()
    Proxy(message_bus, prompter).RequestName("org.gnome.keyring.SystemPrompter")

for profile, name, *arguments in json.load(sys.stdin):
    step = globals().get(name) or getattr(KeyStore(profile, environ={}), name)
    begun = time.monotonic()
    try:
        answer = step(*arguments)
    except SactermError as error:
        answer = f"{type(error).__name__}: {error}"
    ended = time.monotonic()
    print(json.dumps([name, answer, ended - begun, ended], default=lambda source: source.value))
"""


class Answer(NamedTuple):
    """What one step gave, and the seconds it took."""

    value: Any
    seconds: float


class SecretService:
    """A running gnome-keyring, reached from child processes."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ

    def run(self, *steps: tuple[str, ...]) -> tuple[list[Answer], float, str]:
        """Do ``(profile, method, argument …)`` one after the other in one fresh process.

        Returns:
            The answers; the seconds from the last one to the end of the process; stderr.
        """
        child = subprocess.run(
            [sys.executable, "-c", CHILD],
            input=json.dumps(steps),
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=30,
        )
        ended = time.monotonic()
        assert child.returncode == 0, child.stderr
        lines = [json.loads(line) for line in child.stdout.splitlines()]
        assert [line[0] for line in lines] == [step[1] for step in steps]
        answers = [Answer(value, seconds) for _, value, seconds, _ in lines]
        return answers, ended - lines[-1][3], child.stderr

    def answer(self, *step: str) -> Any:
        """The answer to one step in a fresh process."""
        return self.run(step)[0][0].value


@contextmanager
def process(*command: str | Path, environ: dict[str, str], **options: Any) -> Iterator[None]:
    """A program that runs in the foreground until the block ends."""
    running = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, **options)
    try:
        yield
    finally:
        running.terminate()
        try:
            running.wait(timeout=5)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def wait_for_owner(name: str, environ: dict[str, str]) -> None:
    command = [
        *("dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/"),
        *("org.freedesktop.DBus.NameHasOwner", f"string:{name}"),
    ]
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        asked = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=10)
        if "boolean true" in asked.stdout:
            return
    pytest.fail(f"nobody took the name {name} on the bus: {asked.stderr}")


@pytest.fixture
def secret_service() -> Iterator[SecretService]:
    # Not under pytest's own folder: the path of a socket may have 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="sacterm-") as name:
        home = Path(name)
        config = home / "bus.xml"
        config.write_text(BUS.format(path=home / "bus"))
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": name,
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_RUNTIME_DIR": name,
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home / 'bus'}",
        }
        (home / "login password").write_text("\n")
        with (
            (home / "login password").open() as password,
            (home / "log").open("w") as log,
            process(
                "dbus-daemon", "--nofork", f"--config-file={config}", environ=environ, stderr=log
            ),
        ):
            wait_for_owner("org.freedesktop.DBus", environ)
            with process(
                *("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"),
                environ=environ,
                stdin=password,
                stderr=log,
            ):
                wait_for_owner("org.freedesktop.secrets", environ)
                yield SecretService(environ)


def test_a_key_outlives_the_process_until_it_is_deleted(secret_service: SecretService) -> None:
    ask = secret_service.answer
    assert ask("default", "find") is None
    assert ask("default", "status") == ["none", "no key in SecretService Keyring"]
    assert ask("default", "keep", f"{KEY}\n") is None
    assert ask("default", "find") == KEY
    assert ask("default", "status") == ["keyring", "kept in SecretService Keyring"]
    assert ask("default", "delete") is True
    assert ask("default", "find") is None
    assert ask("default", "delete") is False


def test_a_new_key_replaces_the_old_one_of_its_profile_only(secret_service: SecretService) -> None:
    secret_service.run(
        ("default", "keep", KEY), ("work", "keep", KEY), ("default", "keep", OTHER_KEY)
    )
    answers, _, _ = secret_service.run(
        ("default", "find"), ("work", "find"), ("default", "delete"), ("default", "find")
    )
    assert [answer.value for answer in answers] == [OTHER_KEY, KEY, True, None]


def test_a_locked_keyring_says_so_at_once(secret_service: SecretService) -> None:
    answers, exit_seconds, stderr = secret_service.run(
        ("default", "keep", KEY), ("default", "lock"), ("default", "find"), ("default", "status")
    )
    find, status = answers[2:]
    assert find.value == "KeyringUnavailable: the keyring is locked"
    assert status.value == ["none", "the keyring is locked"]
    assert find.seconds < 3.5
    assert exit_seconds < 1.0
    assert stderr == ""


def test_a_prompt_that_nobody_answers_is_given_up(secret_service: SecretService) -> None:
    answers, exit_seconds, stderr = secret_service.run(
        ("default", "keep", KEY),
        ("default", "leave_prompts_unanswered"),
        ("default", "lock"),
        ("default", "find"),
    )
    assert answers[-1].value.startswith("KeyringUnavailable: the keyring gave no answer in 3 s")
    assert 3.0 <= answers[-1].seconds < 3.5
    assert exit_seconds < 1.0
    assert stderr == ""
