"""The sandbox as people run it: a process, its four lines, its end, its file."""

from __future__ import annotations

import asyncio
import signal
import socket
import stat
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import msgspec
import pytest

from sacterm.sandbox.scenario import MINUTE, random_scenario
from sacterm.sandbox.server import ACCOUNT
from tests.waiting import until
from tests.wire.independent import PATIENCE, Rest, Smtp, letter, listening

BOX = "box@mailsac.com"
KEY = "k_testtesttesttest"


class Process:
    """A sandbox in a process of its own, with what it printed."""

    def __init__(self, process: asyncio.subprocess.Process, lines: dict[str, str]) -> None:
        self.process = process
        self.lines = lines
        self.rest = Rest(lines["api"], lines["key"])
        self.smtp = Smtp(*split(lines["smtp"]))

    async def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


def split(authority: str) -> tuple[str, int]:
    host, _, port = authority.rpartition(":")
    return host, int(port)


@asynccontextmanager
async def running(*options: str | Path) -> AsyncIterator[Process]:
    """``python -m sacterm.sandbox``; it must print nothing but its lines."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-m", "sacterm.sandbox", *map(str, options)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(2 * PATIENCE):
            printed = [(await process.stdout.readline()).decode().split() for _ in range(4)]
        assert [line[:1] for line in printed] == [["api"], ["socket"], ["smtp"], ["key"]]
        yield Process(process, dict(printed))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        rest = await process.stdout.read(), await process.stderr.read()
    assert rest == (b"", b"")


async def fails(*options: str | Path) -> str:
    """The one line that it prints on stderr when it cannot start."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sacterm.sandbox", *map(str, options)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    stdout, stderr = await asyncio.wait_for(process.communicate(), 2 * PATIENCE)
    assert (process.returncode, stdout) == (1, b"")
    (line,) = stderr.decode().splitlines()
    return line


async def subjects(rest: Rest, email: str = BOX) -> list[str]:
    listed = await rest("GET", f"/addresses/{email}/messages", limit=1000)
    return [told["subject"] for told in listed.json]


async def test_prints_where_it_is_and_ends_with_ctrl_c() -> None:
    async with running() as sandbox:
        assert sandbox.lines["api"].startswith("http://127.0.0.1:")
        assert sandbox.lines["api"].endswith("/api")
        assert sandbox.lines["socket"].startswith("ws://127.0.0.1:")
        assert sandbox.lines["key"].startswith("k_")
        assert (await sandbox.rest("GET", "/me")).json["_id"] == ACCOUNT
        await sandbox.smtp.send(letter(), BOX)
        assert await subjects(sandbox.rest) == ["hello"]
        assert await sandbox.end(signal.SIGINT) == 0


async def test_takes_its_ports_and_its_key_from_the_command_line() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        socket.create_server(("127.0.0.1", 0)) as second,
    ):
        port, smtp_port = (door.getsockname()[1] for door in (first, second))
    options = ("--port", str(port), "--smtp-port", str(smtp_port), "--key", KEY)
    async with running(*options) as sandbox:
        assert sandbox.lines == {
            "api": f"http://127.0.0.1:{port}/api",
            "socket": f"ws://127.0.0.1:{port}/incoming-messages",
            "smtp": f"127.0.0.1:{smtp_port}",
            "key": KEY,
        }
        assert (await sandbox.rest("GET", "/me")).status == 200
        url = sandbox.lines["socket"]
        async with listening(url, KEY) as ear:
            assert (await ear.json())["msg"] == "Listening"
            assert await sandbox.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("option", ["--port", "--smtp-port"])
async def test_a_port_in_use_is_one_line(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = await fails(option, str(port))
    assert f"127.0.0.1:{port}" in line
    assert "in use" in line


async def test_nonsense_from_clients_is_not_printed() -> None:
    async with running() as sandbox:
        for host, port in (split(sandbox.lines["api"].split("/")[2]), split(sandbox.lines["smtp"])):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"\0\xff nonsense\r\n\r\n" * 10)
            await asyncio.wait_for(reader.read(100), PATIENCE)
            writer.close()
        await sandbox.rest("GET", "/me", key="k_secretsecretsecret")
        assert await sandbox.end(signal.SIGINT) == 0


class TestData:
    async def test_survives_kill_9_with_all_that_was_acknowledged(self, tmp_path: Path) -> None:
        file = tmp_path / "mail.jsonl"
        sent: list[str] = []

        async def send_until_it_dies(sandbox: Process, name: str) -> None:
            for number in range(10_000):
                try:
                    await sandbox.smtp.send(letter(f"{name} {number}"), BOX)
                except OSError:  # smtplib's errors are, too
                    return
                sent.append(f"{name} {number}")

        async with running("--data", file, "--key", KEY) as sandbox:
            await sandbox.rest("POST", f"/addresses/{BOX}", body={"enablews": True})
            senders = [
                asyncio.create_task(send_until_it_dies(sandbox, name)) for name in ("a", "b", "c")
            ]
            await until(lambda: len(sent) > 30)
            assert await sandbox.end(signal.SIGKILL) == -signal.SIGKILL
            await asyncio.gather(*senders)

        async with running("--data", file, "--key", KEY) as sandbox:
            stored = await subjects(sandbox.rest)
            assert set(sent) <= set(stored)
            assert len(stored) == len(set(stored))
            assert (await sandbox.rest("GET", f"/addresses/{BOX}")).json["enablews"] is True

    async def test_keeps_marks_deletions_domains_and_ops(self, tmp_path: Path) -> None:
        file = tmp_path / "mail.jsonl"
        async with running("--data", file, "--key", KEY) as sandbox:
            await sandbox.rest("POST", f"/addresses/{BOX}", body={"info": "note"})
            for subject in ("kept", "deleted"):
                await sandbox.smtp.send(letter(subject), BOX)
            deleted, kept = (await sandbox.rest("GET", "/inbox")).json["messages"]
            path = f"/addresses/{BOX}/messages/"
            await sandbox.rest("PUT", path + kept["_id"] + "/star")
            await sandbox.rest("PUT", path + kept["_id"] + "/labels/x")
            await sandbox.rest("DELETE", path + deleted["_id"])
            before = (await sandbox.rest("GET", path + kept["_id"])).json
            address = (await sandbox.rest("GET", f"/addresses/{BOX}")).json
            ops = (await sandbox.rest("GET", "/me")).json["moAPICount"]
            await sandbox.end(signal.SIGKILL)
        async with running("--data", file, "--key", KEY) as sandbox:
            assert await subjects(sandbox.rest) == ["kept"]
            assert (await sandbox.rest("GET", path + kept["_id"])).json == before
            assert (before["savedBy"], before["labels"]) == (ACCOUNT, ["x"])
            assert (await sandbox.rest("GET", f"/addresses/{BOX}")).json == address
            assert (await sandbox.rest("GET", "/me")).json["moAPICount"] == ops + 4

    async def test_is_private_and_holds_no_key(self, tmp_path: Path) -> None:
        file = tmp_path / "mail.jsonl"
        async with running("--data", file, "--key", KEY) as sandbox:
            await sandbox.rest("GET", "/me")
            await sandbox.smtp.send(letter(), BOX)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert KEY not in file.read_text()

    async def test_a_foreign_file_is_left_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "thesis.txt"
        file.write_text("years of work\n")
        assert str(file) in await fails("--data", file)
        assert file.read_text() == "years of work\n"

    async def test_a_folder_that_is_missing_is_one_line(self, tmp_path: Path) -> None:
        assert "none" in await fails("--data", tmp_path / "none" / "mail.jsonl")


class TestScenario:
    async def test_a_file_is_played(self, tmp_path: Path) -> None:
        file = tmp_path / "faults.json"
        file.write_text('{"steps": [{"at": 0.1, "faults": {"bare_frames": true}}]}')
        async with running("--scenario", file) as sandbox:
            await misbehaves(sandbox, {"bare_frames": True})
            assert await sandbox.end(signal.SIGINT) == 0

    async def test_a_file_that_holds_none_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "faults.json"
        file.write_text('{"steps": [{"at": 1, "faults": {"dorp": true}}]}')
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sacterm.sandbox", "--scenario", file),
            stderr=asyncio.subprocess.PIPE,
        )
        _, stderr = await asyncio.wait_for(process.communicate(), 2 * PATIENCE)
        assert process.returncode == 2
        line = stderr.decode().splitlines()[-1]
        assert "--scenario" in line
        assert str(file) in line
        assert "dorp" in line

    async def test_chaos_is_that_of_its_seed(self) -> None:
        scenarios = (random_scenario(seed, MINUTE) for seed in count())
        soon = next(one for one in scenarios if one.steps[0].at < 1 and one.steps[1].at > 3)
        async with running("--chaos", str(soon.seed)) as sandbox:
            expected = msgspec.to_builtins(soon.steps[0].faults)
            expected.pop("drop_sockets", None)  # done at once
            await misbehaves(sandbox, expected)
            assert await sandbox.end(signal.SIGINT) == 0


async def misbehaves(sandbox: Process, faults: object) -> None:
    """Waits until these faults are on."""
    control = Rest(sandbox.lines["api"].removesuffix("/api"), sandbox.lines["key"])
    async with asyncio.timeout(PATIENCE):
        while True:
            if (await control("GET", "/sandbox/faults")).json == faults:
                return
            await asyncio.sleep(0.02)


class TestSamples:
    async def test_are_there_soon_and_once(self, tmp_path: Path) -> None:
        file = tmp_path / "mail.jsonl"
        for _ in range(2):
            async with running("--samples", "60", "--data", file) as sandbox:
                async with asyncio.timeout(PATIENCE):
                    while True:
                        stats = (await sandbox.rest("GET", "/me/stats")).json
                        if stats["storedMessages"] >= 50:
                            break
                        await asyncio.sleep(0.02)
                assert stats["storedMessages"] <= 60
                assert len(stats["addresses"]) == 5
                assert len(stats["domains"]) == 1


class TestDemo:
    async def test_has_an_account_with_a_history(self) -> None:
        began = time.perf_counter()
        async with running("--demo", "--quiet") as sandbox:
            assert time.perf_counter() - began < 5.0
            account = (await sandbox.rest("GET", "/me")).json
            assert (account["_id"], account["apiMonthlyLimit"]) == ("jeff", 25_000)
            assert (account["privateAddressCredits"], account["messageLimit"]) == (24, 5000)
            assert 4_200 < account["moAPICount"] < 4_700
            addresses = (await sandbox.rest("GET", "/addresses")).json
            assert len([one for one in addresses if not one["_id"].startswith("*@")]) == 4

    async def test_ends_with_its_parent(self) -> None:
        async with running("--demo") as sandbox:
            assert sandbox.process.stdin is not None
            sandbox.process.stdin.close()
            assert await asyncio.wait_for(sandbox.process.wait(), PATIENCE) == 0

    async def test_mails_something_new_by_itself(self) -> None:
        async with running("--demo", "--every", "0.1") as sandbox:
            known = [one["_id"] for one in (await sandbox.rest("GET", "/addresses")).json]
            names = [name for name in known if not name.startswith("qa-7@")]
            async with listening(sandbox.lines["socket"], sandbox.lines["key"], *names) as ear:
                assert (await ear.json())["addresses"] == sorted(names)
                first, second = await ear.json(), await ear.json()
            assert first["email"]["_id"] != second["email"]["_id"]
            assert first["email"]["via"] == "mailer.example"
            assert await sandbox.end(signal.SIGTERM) == 0


async def test_help_tells_how_to_misbehave() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sacterm.sandbox", "--help", stdout=asyncio.subprocess.PIPE
    )
    stdout, _ = await process.communicate()
    for said in (
        b"--smtp-port",
        b"--data FILE",
        b"/sandbox/faults",
        b"duplicate_frames",
        b"--chaos SEED",
    ):
        assert said in stdout
