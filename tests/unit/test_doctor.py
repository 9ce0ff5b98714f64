"""The doctor: what it finds, what it advises, and what it never says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace

from sacterm.doctor.examination import examine, run
from sacterm.doctor.findings import Case, Finding, Mark, masked
from sacterm.doctor.here import here, store
from sacterm.mailbox.caches import Caches
from sacterm.mailbox.glance import glance
from sacterm.mailbox.store import Store
from sacterm.model import Account
from sacterm.settings.keys import KeySource, KeyStatus
from sacterm.settings.locations import Locations
from sacterm.settings.options import Settings
from tests.unit.fakes import mail
from tests.wire.scripted import PATIENCE, Peer, ScriptedHttp, ScriptedSocket, answer, untrusted

KEY = "k_canary0123456789"
NOBODY = "http://127.0.0.1:1/api", "ws://127.0.0.1:1/in"  # where nothing listens
SIZE = os.terminal_size((80, 24))
THERE = KeyStatus(KeySource.KEYRING, "kept in test Ring")
ME = {"_id": "jeffs-account", "email": "jeff@corp.example", "moAPICount": 3, "apiMonthlyLimit": 9}


def future(value: tuple[str | None, KeyStatus]) -> Future[tuple[str | None, KeyStatus]]:
    done: Future[tuple[str | None, KeyStatus]] = Future()
    done.set_result(value)
    return done


def case(
    home: Path,
    *,
    key: str | None = KEY,
    urls: tuple[str, str] = NOBODY,
    size: os.terminal_size | None = SIZE,
    encoding: str = "utf-8",
    problems: tuple[str, ...] = (),
    may_send: bool = True,
    cache: bool = True,
    **environ: str,
) -> Case:
    return Case(
        settings=Settings(api_url=urls[0], socket_url=urls[1], cache=cache),
        problems=problems,
        may_send=may_send,
        locations=Locations(home / "config", home / "cache", home / "state"),
        environ={"HOME": str(home), "TERM": "xterm"} | environ,
        looking=future((key, THERE if key else KeyStatus(KeySource.NONE, "no key in test Ring"))),
        size=size,
        encoding=encoding,
    )


async def findings(of: Case) -> dict[str, Finding]:
    """What is found, by topic; the last of several."""
    return {finding.topic: finding async for finding in examine(of)}


def of_topic(topic: str, of: Case) -> Finding:
    return next(finding for finding in here(of) if finding.topic == topic)


class TestLines:
    def test_begin_with_how_it_is_and_end_with_what_to_do(self) -> None:
        assert str(Finding(Mark.WELL, "key", "kept")) == "ok  key        kept"
        assert str(Finding(Mark.BAD, "key", "none", "set one")) == "!!  key        none · set one"
        assert str(Finding(Mark.UNKNOWN, "key", "not asked")).startswith("--  key ")

    @pytest.mark.parametrize(
        ("line", "shown"),
        [
            (f"key {KEY}!", "key •••!"),
            ("another k_ABCdef0123456789", "another •••"),
            ("odd swordfish-99", "odd •••"),
            ("for jeffs-account", "for •••"),
            ("for jeff@corp.example, sir", "for •••, sir"),
            ("for <x+y@z.example>", "for <•••>"),
            ("/home/jeff/.config/x", "~/.config/x"),
            ("/home/jeff", "~"),
            ("/home/jeffrey/x and /home/jeff2", "/home/jeffrey/x and /home/jeff2"),
            ("/data/jeff/cache and /data/jdoe", "/data/•••/cache and /data/•••"),
            ("keyring: jeff", "keyring: jeff"),
            ("a\x1b[31mb\u202e\nc", "a?[31mb??c"),
            ("x" * 1000, "x" * 400),
        ],
    )
    def test_name_nobody(self, line: str, shown: str) -> None:
        of = case(Path("/home/jeff"), MAILSAC_KEY=" swordfish-99\n", USER="jdoe")
        of.account = Account(id="jeffs-account", email="jeff@corp.example")
        assert masked(line, of) == shown

    def test_stay_readable_where_an_account_has_a_common_name(self) -> None:
        of = case(Path("/home/jeff"))
        of.account = Account(id="me")
        assert masked("the same for me: 3 messages", of) == "the same for •••: 3 messages"

    def test_leave_a_home_that_is_everything(self) -> None:
        assert masked("/etc/x", case(Path("/"))) == "/etc/x"

    def test_of_the_case_itself_show_nothing(self, tmp_path: Path) -> None:
        assert repr(case(tmp_path)) == "Case(…)"


class TestHere:
    def test_versions_and_system_are_told(self, tmp_path: Path) -> None:
        versions = of_topic("versions", case(tmp_path))
        for name in ("sacterm", "Python", "textual", "httpx", "websockets", "keyring", "SQLite"):
            assert f"{name} " in versions.found
        assert "?" not in versions.found
        assert of_topic("system", case(tmp_path)).mark is Mark.WELL

    @pytest.mark.parametrize(
        ("environ", "mark", "words"),
        [
            ({}, Mark.WELL, "80 × 24, TERM=xterm, COLORTERM=, utf-8"),
            ({"TMUX": "/tmp/x", "SSH_TTY": "/dev/x"}, Mark.WELL, "in tmux, over ssh"),
            ({"STY": "1", "COLORTERM": "truecolor"}, Mark.WELL, "truecolor, utf-8, in screen"),
            ({"TERM": "dumb"}, Mark.BAD, "set TERM"),
            ({"TERM": ""}, Mark.BAD, "set TERM"),
            ({"encoding": "ascii"}, Mark.BAD, "UTF-8, e.g. LANG=C.UTF-8"),
        ],
    )
    def test_the_terminal_is_told(
        self, tmp_path: Path, environ: dict[str, str], mark: Mark, words: str
    ) -> None:
        found = of_topic("terminal", case(tmp_path, **environ))  # type: ignore[arg-type]
        assert found.mark is mark
        assert words in str(found)

    def test_without_a_terminal_nothing_is_wrong_with_it(self, tmp_path: Path) -> None:
        of = case(tmp_path, size=None, TERM="dumb", encoding="ascii")
        assert of_topic("terminal", of).mark is of_topic("clipboard", of).mark is Mark.UNKNOWN

    def test_the_ways_of_copying_are_told(self, tmp_path: Path) -> None:
        assert of_topic("clipboard", case(tmp_path)).found == "by OSC 52"
        none = of_topic("clipboard", case(tmp_path, TERM="linux"))
        assert (none.mark, none.found) == (Mark.BAD, "no way to it")
        assert none.remedy

    def test_the_way_of_notices_is_told(self, tmp_path: Path) -> None:
        assert of_topic("notices", case(tmp_path, TERM="foot")).found == "by OSC 777"
        assert of_topic("notices", case(tmp_path)).found.startswith("by the bell, as this terminal")
        assert of_topic("notices", case(tmp_path, size=None)).mark is Mark.UNKNOWN

    @pytest.mark.parametrize(
        ("answer", "how", "mark", "words"),
        [
            ("1|1|1|foot|", "desktop", Mark.WELL, "by OSC 777 through tmux"),
            ("0|1|1|foot|", "desktop", Mark.WELL, "by the bell, as tmux hands nothing on"),
            ("1|1|0|foot|", "desktop", Mark.BAD, "set -g focus-events on"),
            ("1|1|0|foot|", "none", Mark.WELL, "by OSC 777 through tmux"),
        ],
    )
    def test_tmux_is_asked_what_notices_need(
        self, tmp_path: Path, answer: str, how: Literal["none", "desktop"], mark: Mark, words: str
    ) -> None:
        program = tmp_path / "tmux"
        program.write_text(f'#!/bin/sh\necho "{answer}"\n')
        program.chmod(0o700)
        of = case(tmp_path, TMUX="/tmp/x", PATH=f"{tmp_path}:{os.environ['PATH']}")
        of.settings = replace(of.settings, notices_how=how)
        found = of_topic("notices", of)
        assert found.mark is mark
        assert words in str(found)

    def test_the_environment_is_told_by_its_names_alone(self, tmp_path: Path) -> None:
        of = case(tmp_path, https_proxy="http://me:pass@proxy", SSL_CERT_FILE="/x")
        assert of_topic("network", of).found == "HTTPS_PROXY, SSL_CERT_FILE set"

    def test_each_problem_of_the_settings_is_a_line(self, tmp_path: Path) -> None:
        of = case(tmp_path, problems=("line 1: no", "line 2: no"))
        found = [finding for finding in here(of) if finding.topic == "settings"]
        assert [(one.mark, one.found) for one in found] == [
            (Mark.BAD, "line 1: no"),
            (Mark.BAD, "line 2: no"),
        ]
        assert all("settings.toml" in one.remedy for one in found)
        assert of_topic("settings", case(tmp_path)).mark is Mark.WELL

    def test_folders_are_there_or_can_be_made(self, tmp_path: Path) -> None:
        of = case(tmp_path)
        of.locations.cache.mkdir(mode=0o700)
        assert of_topic("cache", of) == (Mark.WELL, "cache", f"{tmp_path / 'cache'} (0700)", "")
        assert of_topic("state", of).found == f"{tmp_path / 'state'}: not made yet"
        assert not of.locations.state.exists()

    def test_a_folder_that_cannot_be_used_is_told(self, tmp_path: Path) -> None:
        of = case(tmp_path / "a file" / "x")
        (tmp_path / "a file").touch()
        found = of_topic("cache", of)
        assert (found.mark, "is no folder" in found.found) == (Mark.BAD, True)
        assert found.remedy

    def test_a_folder_that_others_can_write_to_is_told(self, tmp_path: Path) -> None:
        of = case(tmp_path)
        of.locations.cache.mkdir()
        of.locations.cache.chmod(0o777)
        found = of_topic("cache", of)
        assert (found.mark, found.remedy) == (Mark.BAD, f"chmod o-w {of.locations.cache}")
        of.locations.cache.chmod(0o755)
        assert of_topic("cache", of).mark is Mark.WELL


class TestStore:
    @pytest.fixture
    async def path(self, tmp_path: Path) -> AsyncIterator[Path]:
        path = Caches(tmp_path / "cache").bind(KEY, NOBODY[0], "jeffs-account")
        kept = Store(path)
        await kept.upsert([mail(number) for number in range(300)], owned=True)
        await kept.close()
        yield path

    async def test_is_told_by_its_size_and_left_as_it_is(self, tmp_path: Path, path: Path) -> None:
        before = path.read_bytes()
        found = (await findings(case(tmp_path)))["store"]
        assert found.mark is Mark.WELL
        assert found.found.startswith("300 messages, ")
        assert found.found.endswith(" MB free")
        assert path.read_bytes() == before
        assert {file.suffix for file in path.parent.iterdir()} == {".db", ".account"}

    async def test_is_looked_at_while_it_is_written_to(self, path: Path) -> None:
        writing = Store(path)
        await writing.upsert([mail(3000)], owned=True)
        assert glance(path).messages == 301
        assert glance(path).size > path.stat().st_size
        await writing.close()

    async def test_is_not_set_aside_where_it_is_damaged(self, tmp_path: Path, path: Path) -> None:
        whole = bytearray(path.read_bytes())
        whole[len(whole) // 2 :] = b"\7" * (len(whole) - len(whole) // 2)
        for damaged in (whole, b"rubbish" * 1000):
            path.write_bytes(damaged)
            found = store(path, tmp_path)
            assert found.mark is Mark.BAD
            assert found.found.startswith("is damaged")
            assert "sets aside" in found.remedy
            assert path.read_bytes() == damaged

    async def test_of_a_newer_sacterm_is_told(self, path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[60:64] = (999).to_bytes(4, "big")  # where SQLite keeps the user_version
        path.write_bytes(data)
        assert glance(path).trouble == "is of a newer sacterm (schema 999)"

    async def test_that_was_not_made_yet_is_no_trouble(self, tmp_path: Path) -> None:
        assert store(None, tmp_path / "x" / "y").found.startswith("not made yet, ")
        (tmp_path / "empty.db").touch()
        assert glance(tmp_path / "empty.db").trouble == ""
        assert glance(tmp_path / "missing.db").trouble == "cannot be read (SQLITE_CANTOPEN)"

    def test_without_room_is_told(self, tmp_path: Path) -> None:
        found = store(None, tmp_path, least=10**18)
        assert (found.mark, found.remedy) == (Mark.BAD, "make room on the disk")

    async def test_is_not_looked_for_where_none_is_kept(self, tmp_path: Path, path: Path) -> None:
        assert (await findings(case(tmp_path, cache=False)))["store"].mark is Mark.UNKNOWN


async def confirm(peer: Peer) -> None:
    await peer.listens()


async def look(tmp_path: Path, me: bytes, **options: object) -> dict[str, Finding]:
    async with ScriptedHttp(answer(200), me) as api, ScriptedSocket(confirm) as socket:
        urls = api.url, socket.url
        return await findings(case(tmp_path, urls=urls, **options))  # type: ignore[arg-type]


class TestService:
    async def test_a_good_key_costs_one_op_and_the_account_is_not_named(
        self, tmp_path: Path
    ) -> None:
        me = answer(200, ME)
        async with ScriptedHttp(answer(200), me) as api, ScriptedSocket(confirm) as socket:
            of = case(tmp_path, urls=(api.url, socket.url))
            found = await findings(of)
        said = "the key is good, 3 of 9 ops are used this month (1 op)"
        assert found["account"] == (Mark.WELL, "account", said, "")
        assert found["live"] == (Mark.WELL, "live", "the socket takes the key", "")
        assert found["api"].found.startswith(f"{api.url.removesuffix('/api')} in 0.")
        assert found["socket"].mark is Mark.WELL
        assert [request.method for request in api.requests] == ["HEAD", "GET"]
        assert "mailsac-key" not in api.requests[0].headers
        assert api.requests[1].headers["mailsac-key"] == KEY
        handshake = f"/incoming-messages?key={KEY}&addresses="
        assert socket.targets == ["/incoming-messages", handshake]
        assert of.account == Account(
            id="jeffs-account", email="jeff@corp.example", ops_used=3, ops_limit=9
        )
        assert "jeff" not in "".join(map(str, found.values())).replace(str(tmp_path), "")

    @pytest.mark.parametrize(
        ("answers", "words", "remedy"),
        [
            ({"moAPICount": 9}, "9 of 9 ops", "wait for the 1st"),
            ({"disabled": "jeff knows why"}, "the account is disabled", "see mailsac.com"),
            ({"billingHold": "jeff owes"}, "on hold for its bill", "see mailsac.com"),
        ],
    )
    async def test_an_account_in_trouble_is_told(
        self, tmp_path: Path, answers: dict[str, object], words: str, remedy: str
    ) -> None:
        found = (await look(tmp_path, answer(200, ME | answers)))["account"]
        assert found.mark is Mark.BAD
        assert words in found.found
        assert remedy in found.remedy
        assert "jeff" not in str(found)

    @pytest.mark.parametrize(
        ("status", "said", "remedy"),
        [
            (401, "the service refuses the key (401) (1 op)", "sacterm key set"),
            (403, "the service refuses the key (403) (1 op)", "sacterm key set"),
            (400, "the service answers with an error (400) (1 op)", "URLs in the settings"),
            (429, "the service answers with an error (429) (1 op)", "try again later"),
            (307, "the service answers with an error (307) (1 op)", "URLs in the settings"),
        ],
    )
    async def test_a_refusal_is_told_without_the_words_of_the_service(
        self, tmp_path: Path, status: int, said: str, remedy: str
    ) -> None:
        words = {"message": f"jeff, {KEY} is no good"}
        found = (await look(tmp_path, answer(status, words, Retry_After="60")))["account"]
        assert (found.mark, found.found) == (Mark.BAD, said)
        assert remedy in found.remedy

    @pytest.mark.parametrize(
        ("frame", "said"),
        [
            ({"status": 401, "msg": f"jeff: {KEY}"}, "the service refuses the key (401)"),
            ({"status": 403, "msg": ""}, "the service refuses the key (403)"),
            ({"status": 429, "msg": "jeff, slow"}, "the service answers with an error (429)"),
        ],
    )
    async def test_a_refusal_of_the_socket_is_told_alike(
        self, tmp_path: Path, frame: dict[str, object], said: str
    ) -> None:
        async def refuse(peer: Peer) -> None:
            await peer.says(frame)

        me = answer(200, ME)
        async with ScriptedHttp(answer(200), me) as api, ScriptedSocket(refuse) as socket:
            found = (await findings(case(tmp_path, urls=(api.url, socket.url))))["live"]
        assert (found.mark, found.found) == (Mark.BAD, said)
        assert found.remedy

    async def test_a_way_that_is_not_there_is_told_and_nothing_asked(self, tmp_path: Path) -> None:
        found = await findings(case(tmp_path))
        for topic, url in zip(("api", "socket"), ("http", "ws"), strict=True):
            assert found[topic].mark is Mark.BAD
            assert found[topic].found == f"{url}://127.0.0.1:1: the connection was refused"
            assert found[topic].remedy
        for topic in ("account", "live", "clock"):
            assert found[topic].mark is Mark.UNKNOWN

    async def test_a_certificate_that_does_not_hold_is_told(self, tmp_path: Path) -> None:
        async with ScriptedHttp(answer(200, ME), tls=untrusted()) as api:
            found = await findings(case(tmp_path, urls=(api.url, NOBODY[1])))
            assert api.requests == []
        assert "certificate is not valid" in found["api"].found
        assert "the clock" in found["api"].remedy
        assert found["account"].found == "not asked: the API was not reached"

    async def test_without_a_key_the_way_and_the_clock_are_looked_at(self, tmp_path: Path) -> None:
        now = format_datetime(datetime.now(UTC), usegmt=True)
        async with ScriptedHttp(answer(200, Date=now)) as api:
            found = await findings(case(tmp_path, key=None, urls=(api.url, NOBODY[1])))
            assert len(api.requests) == 1
        assert found["key"].mark is Mark.BAD
        assert "sacterm key set" in found["key"].remedy
        assert found["api"].mark is found["clock"].mark is Mark.WELL
        assert found["account"].found == found["live"].found == "not asked: there is no key"

    async def test_the_key_goes_to_no_urls_that_may_be_mistaken(self, tmp_path: Path) -> None:
        async with ScriptedHttp(answer(200)) as api, ScriptedSocket(confirm) as socket:
            urls = api.url, socket.url
            found = await findings(case(tmp_path, urls=urls, may_send=False))
            assert KEY not in f"{api.requests} {socket.targets}"
        assert found["account"].mark is found["live"].mark is Mark.UNKNOWN

    @pytest.mark.parametrize(
        ("off", "mark"),
        [(30, Mark.WELL), (-50, Mark.WELL), (300, Mark.BAD), (-7200, Mark.BAD)],
    )
    async def test_the_clock_is_compared(self, tmp_path: Path, off: int, mark: Mark) -> None:
        date = format_datetime(datetime.now(UTC) - timedelta(seconds=off), usegmt=True)
        async with ScriptedHttp(answer(200, Date=date)) as api:
            found = (await findings(case(tmp_path, key=None, urls=(api.url, NOBODY[1]))))["clock"]
        seconds, _, direction = found.found.partition(" s ")
        assert abs(int(seconds.replace(",", "")) - abs(off)) <= 1
        assert direction == ("ahead of the service" if off > 0 else "behind the service")
        assert (found.mark, bool(found.remedy)) == (mark, mark is Mark.BAD)

    @pytest.mark.parametrize(
        "headers",
        [
            {"Date": "yesterday"},
            {"Date": "9" * 5000},
            {"Date": "Tue, 20 Oct 2020 10:00:00 GMT", "Age": "9"},
        ],
        ids=["no date", "too long", "out of a cache"],
    )
    async def test_a_clock_that_is_not_told_is_not_judged(
        self, tmp_path: Path, headers: dict[str, str]
    ) -> None:
        async with ScriptedHttp(answer(200, **headers)) as api:
            found = await findings(case(tmp_path, key=None, urls=(api.url, NOBODY[1])))
        assert found["clock"].mark is Mark.UNKNOWN


class TestRuns:
    def test_end_with_0_only_where_nothing_is_bad(self, tmp_path: Path) -> None:
        lines: list[str] = []
        assert run(case(tmp_path), lines.append) == 1
        assert [line.split()[1] for line in lines if line.startswith("!!")] == ["api", "socket"]
        assert str(tmp_path) not in "".join(lines)

    async def test_do_not_wait_for_the_keyring_with_what_needs_none(self, tmp_path: Path) -> None:
        of = case(tmp_path)
        of.looking = Future()
        looks = examine(of)
        async with asyncio.timeout(PATIENCE):
            early = [await anext(looks) for _ in here(of)]
            assert early[-1].topic == "state"
            of.looking.set_result((None, KeyStatus(KeySource.NONE, "too late")))
            late = [finding async for finding in looks]
        assert late[0].found == "too late"
