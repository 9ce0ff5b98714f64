"""The API key: from the environment, or in the keyring of the operating system."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple, Protocol, TypeVar

from sacterm.aside import aside
from sacterm.errors import KeyringUnavailable, SactermError, SettingsInvalid

VARIABLE = "MAILSAC_KEY"
_SERVICE = "sacterm"
_KEY = re.compile(r"[!-~]{8,200}")
_T = TypeVar("_T")


class Backend(Protocol):
    """What is used of a backend of the keyring library."""

    @property
    def name(self) -> str:
        """The backend's name, for a person."""

    @property
    def priority(self) -> float:
        """How well it suits this machine; the library recommends those from 1 on."""

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""


class KeySource(Enum):
    """Where the key comes from."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    NONE = "none"


class KeyStatus(NamedTuple):
    """Where the key comes from, and one line about it for a person; never the key."""

    source: KeySource
    detail: str


def usable_key(text: str, what: str = "the key") -> str:
    """The key without white space around it.

    Raises:
        SettingsInvalid: it cannot be a key, nor be sent in an HTTP header. ``what`` says in the
            message which text is meant.
    """
    key = text.strip()
    if not _KEY.fullmatch(key):
        raise SettingsInvalid(
            f"{what} cannot be used: 8 to 200 letters, digits and signs of ASCII without spaces "
            "are wanted"
        )
    return key


def system_keyring() -> Backend:
    """The backend that the user chose, or the best one here that keeps secrets safe."""
    import keyring.core

    # The limit holds inside the chainer too, which hides what it chains behind its own priority.
    keyring.core.init_backend(limit=_is_safe)
    return keyring.core.get_keyring()


class KeyStore:
    """The key of one profile.

    All calls block, for ``timeout`` seconds at most: call them aside. A keyring may wait
    for ever for a prompt that nobody answers, so it is asked in a daemon thread, which does not
    keep the process from ending. A prompt answered after the limit still has its effect.

    Args:
        profile: the name under which the key is kept.
        environ: the environment.
        timeout: seconds that the keyring has for an answer.
        backend: gives the keyring backend; called in the daemon thread.
    """

    def __init__(
        self,
        profile: str = "default",
        *,
        environ: Mapping[str, str],
        timeout: float = 3.0,
        backend: Callable[[], Backend] = system_keyring,
    ) -> None:
        self._profile = profile
        self._environ = environ
        self._timeout = timeout
        self._backend = backend

    def find(self) -> str | None:
        """The key from ``MAILSAC_KEY``, else from the keyring; None where there is none.

        Raises:
            KeyringUnavailable: the keyring is missing, unsafe, locked, silent or broken.
            SettingsInvalid: what was found cannot be a key.
        """
        if given := self._environ.get(VARIABLE, "").strip():
            return usable_key(given, VARIABLE)
        kept = self._ask(self._get)
        return None if kept is None else usable_key(kept, "the key in the keyring")

    def keep(self, key: str) -> None:
        """Put the key into the keyring, and see that it is there.

        Raises:
            KeyringUnavailable: as for :meth:`find`, or the keyring did not keep it.
            SettingsInvalid: it cannot be a key.
        """
        key = usable_key(key)

        def write(keyring: Backend) -> str | None:
            keyring.set_password(_SERVICE, self._profile, key)
            return self._get(keyring)

        # Some backends accept a secret and forget it.
        if self._ask(write) != key:
            raise KeyringUnavailable("the keyring took the key but did not keep it")

    def delete(self) -> bool:
        """Take the key out of the keyring; False where there was none.

        Raises:
            KeyringUnavailable: as for :meth:`find`, or the keyring still holds it.
        """

        def remove(keyring: Backend) -> tuple[bool, bool]:
            if self._get(keyring) is None:
                return False, False
            keyring.delete_password(_SERVICE, self._profile)
            return True, self._get(keyring) is not None

        found, remains = self._ask(remove)
        if remains:
            raise KeyringUnavailable("the keyring still holds the key")
        return found

    def status(self) -> KeyStatus:
        """Where :meth:`find` would get the key, or why it would get none. Raises nothing."""
        return self.look()[1]

    def look(self) -> tuple[str | None, KeyStatus]:
        """What :meth:`find` and :meth:`status` say, for one question. Raises nothing."""
        try:
            if self._environ.get(VARIABLE, "").strip():
                found = f"{VARIABLE} is set in the environment"
                return self.find(), KeyStatus(KeySource.ENVIRONMENT, found)
            kept, name = self._ask(lambda keyring: (self._get(keyring), keyring.name))
            if kept is None:
                return None, KeyStatus(KeySource.NONE, f"no key in {name}")
            key = usable_key(kept, "the key in the keyring")
        except SactermError as error:
            return None, KeyStatus(KeySource.NONE, str(error))
        return key, KeyStatus(KeySource.KEYRING, f"kept in {name}")

    def _get(self, keyring: Backend) -> str | None:
        kept: object = keyring.get_password(_SERVICE, self._profile)
        if kept is None or isinstance(kept, str):
            return kept
        raise TypeError

    def _ask(self, question: Callable[[Backend], _T]) -> _T:
        """The keyring's answer, or KeyringUnavailable.

        The error is made here and not where it happened: the frames, the context and the texts
        of a backend may hold the key.
        """

        def work() -> tuple[_T] | str:
            try:
                return (question(_safe(self._backend())),)
            except BaseException as error:  # noqa: BLE001 - backends are plug-ins: they raise anything
                return _reason(error)

        try:
            answer = aside(work).result(self._timeout)
        except TimeoutError:
            answer = (
                f"the keyring gave no answer in {self._timeout:g} s: it may be waiting for you to "
                "unlock it"
            )
        if isinstance(answer, str):
            raise KeyringUnavailable(answer)
        return answer[0]


def _is_safe(keyring: Backend) -> bool:
    """Whether it neither forgets secrets nor writes them to a file.

    Below priority 1 are the null and fail backends of the library and most of keyrings.alt, which
    writes plain text, or asks for a password in the middle of the screen; one of its plain text
    backends has priority 2.
    """
    return keyring.priority >= 1 and not any(
        base.__module__.startswith("keyrings.alt") for base in type(keyring).__mro__
    )


def _safe(keyring: Backend) -> Backend:
    if type(keyring).__module__ != "keyring.backends.fail" and not _is_safe(keyring):
        raise KeyringUnavailable(f"{keyring.name} is no safe place for a key")
    return keyring


def _reason(error: BaseException) -> str:
    """One line about what a backend raised, without its own words."""
    from keyring import errors

    match error:
        case KeyringUnavailable():
            return str(error)
        case errors.NoKeyringError():
            return "there is no keyring here"
        case errors.KeyringLocked():
            return "the keyring is locked"
        case errors.InitError():
            return "the keyring cannot be opened: it is locked, or was never set up"
        case ImportError():
            return "the keyring chosen by PYTHON_KEYRING_BACKEND or keyringrc.cfg is not installed"
        case _:
            return f"the keyring failed ({type(error).__name__})"
