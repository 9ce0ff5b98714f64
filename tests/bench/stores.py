"""Stores as a long use leaves them, each in a home of its own."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

import sacterm as code
from sacterm.mailbox.caches import Caches
from sacterm.mailbox.store import Store
from sacterm.model import Message
from tests.bench import letters
from tests.bench.program import LIVE, sacterm
from tests.bench.service import KEY, Places

_BATCH = 1000


class Told(msgspec.Struct):
    """What is known of a store that was made.

    Attributes:
        packed: bytes of its mails, each compressed by itself.
    """

    packed: int


class Stores:
    """Makes the stores that the rows start from, once each.

    Args:
        folder: where they are made; those of an earlier run are taken where they fit.
        places: the service that they are used with.
    """

    def __init__(self, folder: Path, places: Places) -> None:
        self._folder = folder / _fingerprint()
        self._places = places

    def told(self, count: int) -> Told:
        """What is known of the store of so many mails."""
        return msgspec.json.decode((self._made(count) / "told.json").read_bytes(), type=Told)

    def size(self, count: int) -> int:
        """Bytes that such a store takes on the disk."""
        cache = self._made(count) / "home" / "CACHE"
        return sum(file.stat().st_size for file in cache.rglob("*") if file.is_file())

    @contextmanager
    def home(self, count: int, places: Places | None = None) -> Iterator[Path]:
        """A home with a store of so many mails, to be changed at will.

        Args:
            count: how many.
            places: another service than the usual.
        """
        made, places = self._made(count), places or self._places
        with TemporaryDirectory(dir=self._folder) as folder:
            home = Path(folder, "home")
            shutil.copytree(made / "home", home)
            (store,) = home.rglob("*.db")
            store.rename(Caches(store.parent).bind(KEY, places.api, places.account))
            yield home

    def _made(self, count: int) -> Path:
        made = self._folder / str(count)
        if not made.exists():
            draft = self._folder / f"{count}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            home = draft / "home"
            home.mkdir(parents=True)
            cache = home / "CACHE" / "sacterm"
            path = Caches(cache).bind(KEY, self._places.api, self._places.account)
            told = asyncio.run(_fill(path, count))
            (draft / "told.json").write_bytes(msgspec.json.encode(told))
            with sacterm(home, self._places) as program:  # what is done once is done
                program.paints(LIVE, limit=300)
                program.rests(2.0)
                program.type("q")
                program.ends(60)
            draft.rename(made)
        return made


@contextmanager
def closing_store(home: Path) -> Iterator[Store]:
    """The store of a home, as another program on the same machine reads it."""
    (path,) = home.rglob("*.db")
    store = Store(path)
    try:
        yield store
    finally:
        asyncio.run(store.close())


def _fingerprint() -> str:
    """A name for all that decides what a store holds."""
    package = Path(code.__file__).parent
    files = [Path(letters.__file__)]
    files += sorted(
        file for part in ("mailbox", "reading") for file in (package / part).glob("*.py")
    )
    digest = hashlib.blake2b(digest_size=8)
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


async def _fill(path: Path, count: int) -> Told:
    """Take in mail as if it had come by the socket."""
    store, packed, now = Store(path), 0, letters.utc_now()
    for begin in range(0, count, _BATCH):
        batch: list[Message] = []
        for number in range(begin, min(count, begin + _BATCH)):
            when = letters.received(number, count - 1, now)
            raw = letters.raw(number, when)
            packed += len(zlib.compress(raw))
            batch.append(letters.message(number, when, raw))
        await store.upsert(batch, owned=True, pushed=True)
        print(f"\rmaking a store: {begin:,} of {count:,} mails", end="", file=sys.stderr)
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    await store.close()
    return Told(packed)
