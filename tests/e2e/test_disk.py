"""The program on a disk that fails it, and killed at any moment: it starts again, and says why."""

from __future__ import annotations

import random
import resource
import shutil
import smtplib
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.e2e.people import letter
from tests.e2e.terminal import Terminal
from tests.e2e.test_delivery import KEY, sandbox_process
from tests.e2e.test_program import SACTERM, _prepare, home
from tests.tui.running import filled, running
from tests.waiting import until

__all__ = ["home"]  # a fixture

INBOX = "signup@mailsac.com"
SIZE = (120, 40)


@pytest.fixture
def service(home: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """A sandbox with a live address; what it prints, and ``home`` leads to it."""
    with sandbox_process(tmp_path / "sandbox.jsonl") as places:
        _prepare(places["api"])
        home |= {
            "SACTERM_API_URL": places["api"],
            "SACTERM_SOCKET_URL": places["socket"],
            "MAILSAC_KEY": KEY,
        }
        yield places


def mail(service: dict[str, str], numbers: Iterable[int], lines: int = 1) -> None:
    host, _, port = service["smtp"].partition(":")
    with smtplib.SMTP(host, int(port), timeout=20) as client:
        for number in numbers:
            text = f"Your code is {number:06}\r\n" * lines
            client.sendmail("no-reply@acme.example", [INBOX], letter(number, INBOX, text))


def store_of(home: dict[str, str]) -> Path:
    (file,) = Path(home["XDG_CACHE_HOME"]).rglob("*.db")
    return file


def leave(terminal: Terminal) -> None:
    terminal.press("q")
    assert terminal.ends() == 0
    assert "Traceback" not in terminal.text
    assert "fault of its own" not in terminal.text


def watch(terminal: Terminal, seconds: float) -> None:
    """Take in what is painted for a while."""
    with suppress(AssertionError):
        terminal.sees("what is never painted", limit=seconds)


def run_once(home: dict[str, str], *words: str) -> str:
    """Start, wait for words, leave; what was painted."""
    with Terminal(SACTERM, home, size=SIZE) as terminal:
        terminal.sees(*words)
        leave(terminal)
        return terminal.text


@pytest.mark.thorough
def test_killed_again_and_again_while_mail_arrives_it_has_all_of_it_once(
    home: dict[str, str], service: dict[str, str]
) -> None:
    run_once(home, "live · 1 of 1")
    rng = random.Random(11)
    sender = threading.Thread(target=mail, args=(service, range(1000)))
    sender.start()
    kills = 0
    while sender.is_alive() or kills < 2:
        with Terminal(SACTERM, home, size=SIZE) as terminal:  # leaving it kills
            terminal.sees("live · 1 of 1")
            watch(terminal, rng.uniform(0.0, 0.5))
        kills += 1
        with closing(sqlite3.connect(store_of(home))) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    sender.join()
    run_once(home, "1,000 messages", "live · 1 of 1")
    with closing(sqlite3.connect(store_of(home))) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = db.execute("SELECT count(*), count(DISTINCT subject) FROM messages").fetchall()
        assert found == [(1000, 1000)]
        assert db.execute("SELECT total FROM counts WHERE scope = 'all'").fetchall() == [(1000,)]


# The parent forks a child for each step and stays as it is: one start of Python for all of them.
_KILLED_AT_EACH_STEP = """
import itertools, os, signal, sys
from pathlib import Path

folder = Path(sys.argv[1])
steps = "connect execute commit open write fsync close replace rename unlink mkdir touch".split()
prepare = check = lambda: None
exec(sys.argv[2])
stride, most = int(sys.argv[3]), int(sys.argv[4])
for last in range(1, most, stride):
    for path in folder.iterdir():
        path.unlink()
    prepare()
    child = os.fork()
    if not child:
        left = itertools.count(last, -1)
        def watch(frame, event, called):
            if event == "c_call" and called.__name__ in steps and next(left) == 1:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.setprofile(watch)
        do()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0, status
    check()
    if status == 0:
        break
print(last)
"""


def killed_at_each_step(folder: Path, work: str, *, stride: int = 1, most: int = 1000) -> int:
    """Do something again and again, killed later each time; how many steps were come to.

    A step is a statement of SQLite, or something done to a file.

    Args:
        folder: emptied each time.
        work: Python that defines ``prepare()``, ``do()`` and ``check()``.
        stride: steps between two at which it is killed.
        most: steps after which it is not killed any more.
    """
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _KILLED_AT_EACH_STEP, str(folder), work, str(stride), str(most)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


_STORES = """
import asyncio, sqlite3
from sacterm.mailbox import schema
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL

file = folder / "a.db"

def prepare():
    db = sqlite3.connect(file)
    db.executescript(schema.MIGRATIONS[0] + "PRAGMA user_version = 1;")
    db.execute(
        "INSERT INTO messages (row, id, inbox, domain, received, owned) "
        "VALUES (1, 'm1', 'a@x.example', 'x.example', 1, 1)"
    )
    db.commit()
    db.close()

def do():
    asyncio.run(Store(file).close())

def ids():
    store = Store(file)
    try:
        return [row.id for row in store.page(ALL, 0, 9)], store.notes
    finally:
        asyncio.run(store.close())
"""


@pytest.mark.thorough
def test_killed_while_it_takes_over_an_older_store_it_loses_nothing(tmp_path: Path) -> None:
    check = """
def check():
    assert ids() == (["m1"], ()), ids()
"""
    assert killed_at_each_step(tmp_path / "stores", _STORES + check, stride=3) > 30


def test_killed_while_a_store_is_made_it_makes_it_at_the_next_start(tmp_path: Path) -> None:
    check = """
def prepare():
    pass

def check():
    assert ids()[0] == []
    assert ids() == ([], ())
"""
    assert killed_at_each_step(tmp_path / "stores", _STORES + check, stride=3) > 30


@pytest.mark.thorough
def test_killed_while_it_sets_a_damaged_store_aside_it_keeps_it_once(tmp_path: Path) -> None:
    check = """
make = prepare

def prepare():
    make()
    (folder / f"a.{file.stat().st_ino}.damaged").touch()

def check():
    assert ids()[0] == []
    assert ids() == ([], ())
    (aside,) = folder.glob("*.set-aside")
    with sqlite3.connect(aside) as db:
        assert db.execute("SELECT id FROM messages").fetchall() == [("m1",)]
    db.close()
    assert not list(folder.glob("*.damaged"))
"""
    assert killed_at_each_step(tmp_path / "stores", _STORES + check, most=25) == 24


def test_killed_while_files_are_written_they_are_as_before_or_whole(tmp_path: Path) -> None:
    work = """
from sacterm.mailbox.caches import Caches
from sacterm.settings.config import load, save
from sacterm.settings.viewstate import ViewState, load_view_state, save_view_state

settings, looks, caches = folder / "settings.toml", folder / "looks.json", Caches(folder)

def prepare():
    save(settings, "refresh_every", 60)
    save_view_state(looks, ViewState(theme="nord"))
    caches.bind("k_key", "https://x.example", "jeff").touch()
    (folder / "old").write_text(caches.find("k_key", "https://x.example").name)

def do():
    save(settings, "refresh_every", 90)
    save_view_state(looks, ViewState(theme="gruvbox"))
    caches.bind("k_key", "https://x.example", "anna")

def check():
    read, problems, _ = load(settings, {})
    assert (read.refresh_every in (60, 90), problems) == (True, ()), (read, problems)
    assert load_view_state(looks).theme in ("nord", "gruvbox")
    anna = caches._store_of("https://x.example", "anna")
    anna.touch()
    jeff = (folder / "old").read_text()
    assert caches.find("k_key", "https://x.example").name in (jeff, anna.name)
"""
    assert killed_at_each_step(tmp_path / "files", work) > 6


def limit_files(process: int, size: int) -> None:
    """Let a process write no file beyond a size, in bytes: what a full disk is to it."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_disk_that_fills_up_while_it_runs_is_told_and_costs_no_mail(
    home: dict[str, str], service: dict[str, str]
) -> None:
    with Terminal(SACTERM, home, size=SIZE) as terminal:
        terminal.sees("live · 1 of 1")
        mail(service, [1])
        terminal.sees("Mail 1", "1 message")
        limit_files(terminal.pid, 30_000)
        terminal.forget()
        mail(service, [2], lines=5_000)
        terminal.sees(
            "make room on the disk: new mail waits until then", "the disk is full", limit=2
        )
        terminal.forget()
        limit_files(terminal.pid, resource.RLIM_INFINITY)
        terminal.sees("Mail 2", "2 messages", "live · 1 of 1")
        limit_files(terminal.pid, 30_000)
        mail(service, [3], lines=5_000)
        terminal.sees("the disk is full")
    run_once(home, "Mail 3", "3 messages")  # killed before it could be written
    with closing(sqlite3.connect(store_of(home))) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_on_a_full_disk_it_starts_and_keeps_nothing(
    home: dict[str, str], service: dict[str, str]
) -> None:
    mail(service, [1])
    command = [
        sys.executable,
        "-c",
        "import os, resource, sys;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY));"
        "os.execv(sys.executable, [sys.executable, '-m', 'sacterm'])",
    ]
    with Terminal(command, home, size=SIZE) as terminal:
        terminal.sees("nothing is kept on this disk in this run", "Mail 1", "live · 1 of 1")
        mail(service, [2])
        terminal.sees("Mail 2")
        terminal.press("\x1b")  # takes away what is told for a while
        watch(terminal, 0.3)
        terminal.forget()
        terminal.press("?")
        terminal.sees("Help", "nothing is kept on this disk in this run")
        terminal.press("?")
        leave(terminal)
    assert "nothing is kept" not in run_once(home, "Mail 2", "2 messages", "live · 1 of 1")


@pytest.mark.thorough
def test_a_store_damaged_while_it_runs_is_told_left_and_made_anew(
    home: dict[str, str], service: dict[str, str]
) -> None:
    mail(service, range(200))
    run_once(home, "200 messages")
    with Terminal(SACTERM, home, size=SIZE) as terminal:
        terminal.sees("live · 1 of 1", "200 messages")
        file = store_of(home)
        with file.open("r+b") as out:
            out.seek(4096)
            out.write(random.Random(5).randbytes(file.stat().st_size - 4096))
        terminal.press("G")
        terminal.sees("the cache is damaged: a new one is begun at the next start")
        terminal.sees("start sacterm again")
        leave(terminal)
    run_once(home, "the cache was damaged: it was kept as", "200 messages", "live · 1 of 1")
    assert "damaged" not in run_once(home, "200 messages", "live · 1 of 1")


async def test_what_cannot_be_read_holds_nobody_back(tmp_path: Path) -> None:
    async with running(filled(), store=tmp_path / "a.db") as rig:
        await rig.sees("30 messages", "confirmed")
        session = rig.app._session
        assert session is not None
        session.store._db._reader.close()
        await rig.press("q")
        await until(lambda: not rig.app.is_running)
        assert rig.app.return_code == 0


@pytest.mark.thorough
def test_a_file_that_another_program_has_locked_holds_nothing_up(
    home: dict[str, str], service: dict[str, str]
) -> None:
    mail(service, [1])
    run_once(home, "Mail 1", "live · 1 of 1")
    with closing(sqlite3.connect(store_of(home), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with Terminal(SACTERM, home, size=SIZE) as terminal:
            terminal.sees("Mail 1", limit=2)
            terminal.sees("another program has locked the cache")
            other.execute("COMMIT")
            terminal.sees("live · 1 of 1")
            mail(service, [2])
            terminal.sees("Mail 2")
            leave(terminal)
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("UPDATE messages SET spam = 0.5")
        with Terminal(SACTERM, home, size=SIZE) as terminal:
            terminal.sees("this run: another program has locked the cache", limit=3)
            terminal.sees("Mail 2", "live · 1 of 1")
            leave(terminal)


def test_a_folder_that_cannot_be_made_is_told_and_done_without(
    home: dict[str, str], service: dict[str, str]
) -> None:
    mail(service, [1])
    home |= {"HOME": "/proc"}
    home |= {f"XDG_{name}_HOME": f"/proc/{name}" for name in ("CONFIG", "CACHE", "STATE")}
    run_once(home, "nothing is kept on this disk in this run", "Mail 1", "live · 1 of 1")


def test_a_file_system_that_became_read_only_still_shows_what_was_kept(
    home: dict[str, str], service: dict[str, str]
) -> None:
    mail(service, [1])
    run_once(home, "Mail 1", "live · 1 of 1")
    cache = home["XDG_CACHE_HOME"]
    mount = f"mount --bind {cache} {cache} && mount -o remount,bind,ro {cache} && "
    namespace = [shutil.which("unshare") or "unshare", "--map-root-user", "--mount", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*namespace, mount + "true"]).returncode:
        pytest.skip("no file system can be made read-only here")
    purge = urllib.request.Request(
        f"{service['api']}/addresses/{INBOX}/messages",
        method="DELETE",
        headers={"Mailsac-Key": KEY},
    )
    urllib.request.urlopen(purge, timeout=10).close()
    before = store_of(home).read_bytes()
    with Terminal([*namespace, mount + "exec " + " ".join(SACTERM)], home, size=SIZE) as terminal:
        terminal.sees("nothing is kept on this disk in this run", "Mail 1", "live · 1 of 1")
        leave(terminal)
    assert store_of(home).read_bytes() == before
