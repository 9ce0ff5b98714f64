"""The key: where it is found, how it is kept, and that nothing waits for ever or tells it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring.errors
import pytest

from sacterm.errors import KeyringUnavailable, SettingsInvalid
from sacterm.settings.keys import KeySource, KeyStatus, KeyStore, usable_key

KEY = "k_ABCdef0123456789"
OTHER_KEY = "k_XYZuvw9876543210"


class Ring:
    """A keyring that works."""

    name = "test Ring"
    priority = 5.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.threads: list[threading.Thread] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.threads.append(threading.current_thread())
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Forgetful(Ring):
    """Takes a secret and forgets it, like the null backend of the library."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Clinging(Ring):
    """Says that it deleted, and did not."""

    def delete_password(self, service: str, username: str) -> None:
        pass


class Broken(Ring):
    """Raises at every call, with the key in the text and in the chain of errors."""

    def __init__(self, error: Callable[[str], BaseException]) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error("cannot read")

    def set_password(self, service: str, username: str, password: str) -> None:
        try:
            raise OSError(f"cannot send {password}")
        except OSError as error:
            raise self.error(f"cannot keep {password}") from error

    def delete_password(self, service: str, username: str) -> None:
        raise self.error("cannot delete")


class Silent(Ring):
    """Waits for a prompt that is answered when the test ends."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answered.wait()
        return super().get_password(service, username)


@pytest.fixture
def silent() -> Iterator[Silent]:
    ring = Silent()
    yield ring
    ring.answered.set()


def store(
    ring: Ring, profile: str = "default", *, timeout: float = 3.0, **environ: str
) -> KeyStore:
    return KeyStore(profile, environ=environ, timeout=timeout, backend=lambda: ring)


class TestFinding:
    def test_the_environment_wins_and_the_keyring_is_not_asked(self) -> None:
        ring = Ring()
        store(ring).keep(OTHER_KEY)
        ring.threads.clear()
        assert store(ring, MAILSAC_KEY=f" {KEY}\n").find() == KEY
        assert ring.threads == []

    @pytest.mark.parametrize("empty", ["", " \n"])
    def test_an_empty_variable_is_none(self, empty: str) -> None:
        ring = Ring()
        assert store(ring, MAILSAC_KEY=empty).find() is None
        store(ring).keep(KEY)
        assert store(ring, MAILSAC_KEY=empty).find() == KEY

    def test_what_is_in_the_environment_must_be_fit_to_send(self) -> None:
        with pytest.raises(SettingsInvalid, match=r"^MAILSAC_KEY cannot be used: ") as caught:
            store(Ring(), MAILSAC_KEY=f"{KEY}\r\nHost: x").find()
        assert KEY not in "".join(traceback.format_exception(caught.value))

    def test_what_is_in_the_keyring_must_be_fit_to_send(self) -> None:
        ring = Ring()
        ring.kept["sacterm", "default"] = f"{KEY}\n"
        assert store(ring).find() == KEY
        ring.kept["sacterm", "default"] = f"{KEY} {KEY}"
        with pytest.raises(SettingsInvalid, match=r"^the key in the keyring cannot be used: "):
            store(ring).find()

    def test_the_keyring_is_asked_in_a_daemon_thread(self) -> None:
        ring = Ring()
        store(ring).find()
        assert [thread.daemon for thread in ring.threads] == [True]


class TestKeeping:
    def test_what_is_kept_is_found_until_it_is_deleted(self) -> None:
        ring = Ring()
        store(ring).keep(f"\t{KEY}\n")
        assert ring.kept == {("sacterm", "default"): KEY}
        assert store(ring).find() == KEY
        assert store(ring).delete()
        assert ring.kept == {}
        assert store(ring).find() is None

    def test_profiles_have_their_own_keys(self) -> None:
        ring = Ring()
        store(ring).keep(KEY)
        store(ring, "work").keep(OTHER_KEY)
        assert (store(ring).find(), store(ring, "work").find()) == (KEY, OTHER_KEY)
        assert store(ring).delete()
        assert store(ring, "work").find() == OTHER_KEY

    def test_deleting_what_is_not_there_says_so(self) -> None:
        assert store(Ring()).delete() is False

    def test_a_keyring_that_forgets_is_noticed(self) -> None:
        with pytest.raises(KeyringUnavailable, match="did not keep it"):
            store(Forgetful()).keep(KEY)

    def test_a_keyring_that_keeps_another_key_is_noticed(self) -> None:
        ring = Forgetful()
        ring.kept["sacterm", "default"] = OTHER_KEY
        with pytest.raises(KeyringUnavailable, match="did not keep it"):
            store(ring).keep(KEY)

    def test_a_keyring_that_does_not_delete_is_noticed(self) -> None:
        ring = Clinging()
        store(ring).keep(KEY)
        with pytest.raises(KeyringUnavailable, match="still holds the key"):
            store(ring).delete()


class TestUsableKeys:
    @pytest.mark.parametrize("key", ["12345678", "k_" + "x" * 198, "!#$%&'*+~{}|"])
    def test_are_printable_ascii(self, key: str) -> None:
        assert usable_key(f"  {key}\r\n") == key

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "1234567",
            "x" * 201,
            "two words",
            "line\nfeed",
            "ké_12345678",
            "k_1234\x1b56",
            "k\0_12345",
        ],
    )
    def test_others_are_refused_unshown_and_not_kept(self, key: str) -> None:
        ring = Ring()
        with pytest.raises(SettingsInvalid) as caught:
            store(ring).keep(key)
        assert ring.kept == {}
        assert str(caught.value) == (
            "the key cannot be used: 8 to 200 letters, digits and signs of ASCII without spaces "
            "are wanted"
        )


class TestUnavailable:
    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (keyring.errors.NoKeyringError, "there is no keyring here"),
            (keyring.errors.KeyringLocked, "the keyring is locked"),
            (keyring.errors.InitError, "the keyring cannot be opened"),
            (keyring.errors.PasswordSetError, "the keyring failed (PasswordSetError)"),
            (keyring.errors.PasswordDeleteError, "the keyring failed (PasswordDeleteError)"),
            (ModuleNotFoundError, "the keyring chosen by PYTHON_KEYRING_BACKEND"),
            (RuntimeError, "the keyring failed (RuntimeError)"),
            (ConnectionResetError, "the keyring failed (ConnectionResetError)"),
            (TimeoutError, "the keyring failed (TimeoutError)"),
            (SystemExit, "the keyring failed (SystemExit)"),
            (KeyboardInterrupt, "the keyring failed (KeyboardInterrupt)"),
        ],
    )
    def test_whatever_a_keyring_raises_is_one_readable_line_without_the_key(
        self, error: Callable[[str], BaseException], reason: str
    ) -> None:
        keys = store(Broken(error))
        for ask in (keys.find, keys.delete, lambda: keys.keep(KEY)):
            with pytest.raises(KeyringUnavailable) as caught:
                ask()
            assert str(caught.value).startswith(reason)
            assert "\n" not in str(caught.value)
            assert caught.value.remedy
            chain = [caught.value, caught.value.__cause__, caught.value.__context__]
            assert chain[1:] == [None, None]
            assert KEY not in "".join(traceback.format_exception(caught.value))
            assert KEY not in repr(caught.value)

    def test_a_backend_that_cannot_be_made_is_said(self) -> None:
        def missing() -> Ring:
            raise ModuleNotFoundError("No module named 'nowhere'")

        with pytest.raises(KeyringUnavailable, match="is not installed"):
            KeyStore(environ={}, backend=missing).find()

    @pytest.mark.parametrize("priority", [-1, 0, 0.5])
    def test_a_backend_that_is_not_recommended_gets_no_key(self, priority: float) -> None:
        ring = Ring()
        ring.priority = priority
        for ask in (store(ring).find, lambda: store(ring).keep(KEY)):
            with pytest.raises(KeyringUnavailable, match=r"^test Ring is no safe place for a key$"):
                ask()
        assert ring.kept == {}

    def test_a_backend_of_the_plain_text_package_gets_no_key(self) -> None:
        class Plain(Ring):
            priority = 9.0

        class Derived(Plain):
            pass

        Plain.__module__ = "keyrings.alt.pyfs"
        for ring in (Plain(), Derived()):
            with pytest.raises(KeyringUnavailable, match="no safe place"):
                store(ring).keep(KEY)
            assert ring.kept == {}

    @pytest.mark.parametrize("kept", [KEY.encode(), 12345678, [KEY]])
    def test_a_keyring_that_gives_no_text_has_failed(self, kept: Any) -> None:
        ring = Ring()
        ring.kept["sacterm", "default"] = kept
        for ask in (store(ring).find, store(ring).delete):
            with pytest.raises(KeyringUnavailable, match=r"^the keyring failed \(TypeError\)$"):
                ask()

    def test_a_silent_keyring_is_given_up(self, silent: Silent) -> None:
        keys = store(silent, timeout=0.05)
        for ask in (keys.find, keys.delete, lambda: keys.keep(KEY)):
            with pytest.raises(KeyringUnavailable, match=r"no answer in 0\.05 s"):
                ask()


class TestStatus:
    def test_names_the_environment(self) -> None:
        assert store(Ring(), MAILSAC_KEY=KEY).status() == KeyStatus(
            KeySource.ENVIRONMENT, "MAILSAC_KEY is set in the environment"
        )

    def test_names_the_keyring(self) -> None:
        ring = Ring()
        assert store(ring).status() == KeyStatus(KeySource.NONE, "no key in test Ring")
        store(ring).keep(KEY)
        assert store(ring).status() == KeyStatus(KeySource.KEYRING, "kept in test Ring")

    def test_says_what_is_wrong(self, silent: Silent) -> None:
        unfit = Ring()
        unfit.kept["sacterm", "default"] = "two words"
        for keys, detail in (
            (store(Ring(), MAILSAC_KEY="short"), "MAILSAC_KEY cannot be used"),
            (store(unfit), "the key in the keyring cannot be used"),
            (store(Broken(keyring.errors.KeyringLocked)), "the keyring is locked"),
            (store(silent, timeout=0.05), "the keyring gave no answer"),
        ):
            status = keys.status()
            assert status.source is KeySource.NONE
            assert status.detail.startswith(detail)

    def test_the_key_and_its_status_come_of_one_question(self, silent: Silent) -> None:
        ring = Ring()
        store(ring).keep(KEY)
        ring.threads.clear()
        assert store(ring).look() == (KEY, KeyStatus(KeySource.KEYRING, "kept in test Ring"))
        assert len(ring.threads) == 1
        assert store(ring, MAILSAC_KEY=OTHER_KEY).look()[0] == OTHER_KEY
        for keys in (store(Ring()), store(silent, timeout=0.05), store(ring, MAILSAC_KEY="short")):
            assert keys.look() == (None, keys.status())

    def test_nothing_of_the_store_shows_the_key(self) -> None:
        ring = Ring()
        keys = store(ring, MAILSAC_KEY=KEY)
        keys.keep(OTHER_KEY)
        for shown in (repr(keys), str(keys), str(keys.status()), str(store(ring).status())):
            assert KEY not in shown
            assert OTHER_KEY not in shown


ASK = """
import json, sys, time
from sacterm.errors import SactermError
from sacterm.settings.keys import KeyStore

begun = time.monotonic()
try:
    method, *arguments = json.load(sys.stdin)
    answer = getattr(KeyStore(environ={}), method)(*arguments)
except SactermError as error:
    answer = f"{type(error).__name__}: {error}"
ended = time.monotonic()
print(json.dumps([answer, ended - begun, ended]))
"""


def ask_in_a_process(
    *call: str, preamble: str = "", **environ: str | Path
) -> tuple[Any, float, float, str]:
    """The answer of the default KeyStore in a fresh process.

    Returns:
        The answer, the seconds it took, the seconds from it to the end of the process, and what
        stood on stderr.
    """
    child = subprocess.run(
        [sys.executable, "-c", preamble + ASK],
        input=json.dumps(call),
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=20,
    )
    ended = time.monotonic()
    assert child.returncode == 0, child.stderr
    answer, seconds, answered = json.loads(child.stdout)
    return answer, seconds, ended - answered, child.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the keyring is reached by D-Bus on Linux only")
class TestSystemKeyring:
    def test_without_a_bus_there_is_none(self, tmp_path: Path) -> None:
        answer, _, _, stderr = ask_in_a_process("find", HOME=tmp_path)
        assert answer == "KeyringUnavailable: there is no keyring here"
        assert stderr == ""

    def test_a_keyring_that_never_answers_holds_up_neither_the_caller_nor_the_exit(
        self, tmp_path: Path
    ) -> None:
        preamble = """
import threading
from keyring.backend import KeyringBackend

class Silent(KeyringBackend):
    priority = 9
    def get_password(self, service, username):
        threading.Event().wait()
    def set_password(self, service, username, password):
        pass
"""
        answer, seconds, exit_seconds, stderr = ask_in_a_process(
            "find", preamble=preamble, HOME=tmp_path
        )
        assert answer.startswith("KeyringUnavailable: the keyring gave no answer in 3 s")
        assert 3.0 <= seconds < 3.5
        assert exit_seconds < 1.0
        assert stderr == ""

    @pytest.mark.parametrize(
        ("backend", "reason"),
        [
            ("keyring.backends.null.Keyring", "null Keyring is no safe place for a key"),
            ("keyring.backends.fail.Keyring", "there is no keyring here"),
            ("no.such.Keyring", "the keyring chosen by PYTHON_KEYRING_BACKEND or keyringrc.cfg"),
            ("keyring.backends.fail.Nothing", "the keyring failed (AttributeError)"),
        ],
    )
    def test_a_chosen_backend_that_cannot_be_used_is_said(
        self, tmp_path: Path, backend: str, reason: str
    ) -> None:
        answer, *_ = ask_in_a_process("keep", KEY, HOME=tmp_path, PYTHON_KEYRING_BACKEND=backend)
        assert answer.startswith(f"KeyringUnavailable: {reason}")

    def test_plain_text_backends_are_not_reached_through_the_chainer(self, tmp_path: Path) -> None:
        preamble = """
from pathlib import Path
from keyring.backend import KeyringBackend

class Plain(KeyringBackend):
    priority = 0.5
    def get_password(self, service, username):
        return None
    def set_password(self, service, username, password):
        (Path.home() / "plain").write_text(password)

class Plainer(Plain):
    priority = 2
    __module__ = "keyrings.alt.pyfs"
"""
        answer, *_ = ask_in_a_process("keep", KEY, preamble=preamble, HOME=tmp_path)
        assert answer == "KeyringUnavailable: there is no keyring here"
        assert list(tmp_path.iterdir()) == []

    def test_the_library_is_not_imported_before_it_is_needed(self) -> None:
        program = (
            "import sys, sacterm.settings.keys as keys\n"
            "keys.KeyStore(environ={'MAILSAC_KEY': '12345678'}).find()\n"
            "print('keyring' in sys.modules)"
        )
        shown = subprocess.check_output([sys.executable, "-c", program], text=True)
        assert shown.strip() == "False"
