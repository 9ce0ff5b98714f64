"""Which file holds the mail of which account.

A store is named for the account and the API base, so two keys of one account share it and two
accounts never do. Before the service has been asked, only the key is known: a small pointer file,
named for a fingerprint of key and base, leads to the store, so that it is found offline too.
The key itself is in no name and no file.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sacterm.errors import StoreFailed
from sacterm.mailbox.store import Store


class Caches:
    """The stores of this user, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, key: str, api_url: str, account_id: str | None) -> Store | None:
        """The store of an account; with None, the one that this key led to before, if it did.

        Where nothing can be written, all is kept in memory in this run, beginning with what can
        be read, and the notes of the store say so.

        Raises:
            StoreFailed: not even in memory can mail be kept.
        """
        if account_id is None:
            path = self.find(key, api_url)
        else:
            path = self._store_of(api_url, account_id)
        if path is None:
            return None
        try:
            if account_id is not None:
                self.bind(key, api_url, account_id)
            return Store(path)
        except StoreFailed as error:
            return Store(path, refused=error)

    def find(self, key: str, api_url: str) -> Path | None:
        """The store that this key led to before, or None where it never did."""
        try:
            name = self._pointer(key, api_url).read_text("ascii").strip()
            path = self._folder / name
            is_ours = name == path.name and name.endswith(".db") and path.exists()
        except (OSError, UnicodeDecodeError):
            return None
        return path if is_ours else None

    def bind(self, key: str, api_url: str, account_id: str) -> Path:
        """The store of an account, from now on found with this key.

        Raises:
            StoreFailed: the folder cannot be written.
        """
        try:
            return self._bind(key, api_url, account_id)
        except OSError as error:
            raise StoreFailed(f"the cache folder cannot be used: {error.strerror}") from None

    def _bind(self, key: str, api_url: str, account_id: str) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._store_of(api_url, account_id)
        pointer = self._pointer(key, api_url)
        draft = pointer.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(path.name)
        draft.replace(pointer)
        return path

    def _store_of(self, api_url: str, account_id: str) -> Path:
        return self._folder / f"{_digest('account', api_url, account_id)}.db"

    def _pointer(self, key: str, api_url: str) -> Path:
        return self._folder / f"{_digest('key', api_url, key)}.account"


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12, person=b"sacterm").hexdigest()
