"""Other programs and the mail they are given: real shells, and programs made for the purpose."""

from __future__ import annotations

import asyncio
import functools
import os
import shlex
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import gettempdir

import pytest

from sacterm.desktop.programs import (
    ProgramFailed,
    Ran,
    browser_command,
    editor_command,
    open_in_browser,
    opener,
    pager_command,
    pipe,
    run_in_foreground,
    temporary_file,
)
from tests.waiting import until

MAIL = b"Subject: $(touch /tmp/pwned) `id` ; canary\r\n\r\n\x00\xff" + b"x" * 3_000_000
LOCAL = {"DISPLAY": ":0"}
SSH = {"SSH_CONNECTION": "192.0.2.1 5000 192.0.2.2 22"}


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def runs(pid: int) -> bool:
    """Whether a process is there and is more than an entry for whoever asks how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# Commands.


async def test_a_command_reads_the_whole_message() -> None:
    assert await pipe("cat", MAIL, most=10_000_000) == Ran(0, MAIL, False, False)


async def test_output_and_errors_come_in_order_with_the_status() -> None:
    ran = await pipe("echo one; echo two >&2; echo three; exit 3", MAIL)
    assert ran == Ran(3, b"one\ntwo\nthree\n", False, False)


async def test_a_command_is_a_line_of_shell() -> None:
    ran = await pipe("sed 1q | tr -d '\\r' && echo \"$((1 + 1))\"", MAIL)
    assert ran.output == b"Subject: $(touch /tmp/pwned) `id` ; canary\n2\n"


async def test_a_command_need_not_read() -> None:
    assert await pipe("true", MAIL) == Ran(0, b"", False, False)
    assert await pipe("exec <&-; echo closed", MAIL) == Ran(0, b"closed\n", False, False)


async def test_an_unknown_command_says_so() -> None:
    ran = await pipe("no-such-program-here", MAIL)
    assert ran.status == 127
    assert b"no-such-program-here" in ran.output


async def test_nothing_of_the_message_is_in_the_command_line_or_the_environment() -> None:
    ran = await pipe("cat /proc/$$/cmdline /proc/$$/environ", MAIL)
    assert ran.status == 0
    assert b"PATH=" in ran.output
    assert b"canary" not in ran.output


async def test_a_command_has_no_terminal_to_take_over() -> None:
    assert (await pipe(": < /dev/tty", MAIL)).status != 0


async def test_output_is_cut_but_the_command_gets_to_its_end(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    ran = await pipe(f"tee {shlex.quote(str(copy))}", MAIL, most=1_000)
    assert ran == Ran(0, MAIL[:1_000], True, False)
    assert copy.read_bytes() == MAIL
    assert not (await pipe("printf 12345", b"", most=5)).cut


async def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    script = f"sleep 60 & echo $! > {shlex.quote(str(tmp_path / 'pid'))}; echo begun; wait"
    begin = time.monotonic()
    assert await pipe(script, MAIL, limit=0.5) == Ran(None, b"begun\n", False, True)
    assert time.monotonic() - begin < 10
    child = int((tmp_path / "pid").read_text())
    await until(lambda: not runs(child))


async def test_a_command_that_floods_is_ended_too() -> None:
    ran = await pipe("yes", MAIL, limit=0.5, most=100_000)
    assert ran == Ran(None, b"y\n" * 50_000, True, True)


async def test_a_cancelled_command_is_ended_with_its_children(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {shlex.quote(str(pid_file))}; wait"
    task = asyncio.create_task(pipe(script, MAIL))
    await until(lambda: pid_file.exists() and pid_file.read_text().endswith("\n"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    child = int(pid_file.read_text())
    await until(lambda: not runs(child))


async def test_what_a_command_leaves_behind_is_not_waited_for() -> None:
    begin = time.monotonic()
    ran = await pipe("sleep 60 & echo $!", MAIL)
    assert time.monotonic() - begin < 10
    assert (ran.status, ran.timed_out) == (0, False)
    assert runs(int(ran.output))
    os.kill(int(ran.output), signal.SIGKILL)


async def test_nothing_stays_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        await pipe("cat", b"x")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# Files for programs.


def test_a_file_for_a_program_is_private_and_alone() -> None:
    with temporary_file(MAIL, ".txt") as path:
        assert path.read_bytes() == MAIL
        assert path.name == "message.txt"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert list(path.parent.iterdir()) == [path]
        assert path.parent.parent == Path(gettempdir())
    assert not path.parent.exists()


def test_a_file_for_a_program_is_gone_whatever_the_program_did() -> None:
    class Failed(Exception):
        pass

    with pytest.raises(Failed), temporary_file(MAIL) as path:
        path.with_name(".message.eml.swp").touch()
        path.unlink()
        raise Failed
    assert not path.parent.exists()


def test_where_no_file_can_be_made_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(ProgramFailed, match="No such file") as failed, temporary_file(MAIL):
        pass
    assert "TMPDIR" in failed.value.remedy


# Pager and editor.


def only(*programs: str) -> functools.partial[str | None]:
    return functools.partial(lambda there, name: name if name in there else None, programs)


def test_the_pager_is_the_users_or_one_that_is_here() -> None:
    assert pager_command({"PAGER": "bat --style 'plain text'"}) == ["bat", "--style", "plain text"]
    assert pager_command({"PAGER": " "}, only("less", "more")) == ["less"]
    assert pager_command({}, only("more")) == ["more"]
    assert pager_command({}, only()) == ["more"]


def test_the_editor_is_the_users_or_one_that_is_here() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "ed"}) == ["code", "--wait"]
    assert editor_command({"VISUAL": "", "EDITOR": "ed"}) == ["ed"]
    assert editor_command({}, only("nano", "vi")) == ["nano"]
    assert editor_command({}, only("vi")) == ["vi"]


def test_a_variable_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ProgramFailed, match=r"\$PAGER cannot be read"):
        pager_command({"PAGER": "less '"})


def test_a_program_in_the_foreground_gets_the_file_and_gives_its_status(tmp_path: Path) -> None:
    record = tmp_path / "record"
    viewer = program(tmp_path / "viewer", f'printf "%s\\n" "$@" > {record}; exit 7')
    assert run_in_foreground([viewer, "--wide", "a b"], tmp_path / "m.eml") == 7
    assert record.read_text().splitlines() == ["--wide", "a b", str(tmp_path / "m.eml")]


def test_less_runs_nothing_on_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESSOPEN", "|lesspipe %s")
    monkeypatch.setenv("LESSCLOSE", "lesspipe %s %s")
    monkeypatch.setenv("LESS", "-R")
    less = program(tmp_path / "less", f"env > {tmp_path}/seen")
    run_in_foreground([less], tmp_path / "m.txt")
    seen = (tmp_path / "seen").read_text().splitlines()
    assert "LESSSECURE=1" in seen
    assert "LESS=-R" in seen
    assert not [line for line in seen if line.startswith(("LESSOPEN", "LESSCLOSE"))]


@pytest.mark.skipif(shutil.which("vim") is None, reason="there is no vim")
def test_vim_obeys_no_modelines_of_a_mail(tmp_path: Path) -> None:
    mail, result = tmp_path / "m.eml", tmp_path / "result"
    mail.write_text("Subject: x\n\nvim: set tabstop=3 :\n")
    rc = tmp_path / "vimrc"
    rc.write_text("autocmd!\nset nocompatible modeline modelines=5\n")
    save = f"+call writefile([&tabstop], {str(result)!r})"
    vim = ["vim", "-es", "-u", str(rc), save, "+qa!"]
    subprocess.run([*vim, str(mail)], check=True, stdin=subprocess.DEVNULL)
    assert result.read_text() == "3\n"
    assert run_in_foreground(vim, mail) == 0
    assert result.read_text() == "8\n"


def test_a_vi_that_is_not_vim_gets_none_of_its_options(tmp_path: Path) -> None:
    record = f'printf "%s\\n" "$@" > {tmp_path}/seen'
    vi = program(tmp_path / "vi", record)
    run_in_foreground([vi], tmp_path / "m.eml")
    assert (tmp_path / "seen").read_text() == f"{tmp_path}/m.eml\n"
    Path(vi).unlink()
    Path(vi).symlink_to(program(tmp_path / "vim.tiny", record))
    run_in_foreground([vi], tmp_path / "m.eml")
    assert "nomodeline" in (tmp_path / "seen").read_text()


def test_ctrl_c_in_a_program_ends_only_the_program(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    pager = program(tmp_path / "pager", "kill -INT $PPID; kill -INT $$; exit 5")
    assert run_in_foreground([pager], tmp_path / "m.txt") == -signal.SIGINT
    assert signal.getsignal(signal.SIGINT) is before


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """The signals that this process, which takes none of them for its end, was sent."""
    numbers: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: numbers.append(number))
        for number in (signal.SIGTERM, signal.SIGHUP)
    }
    yield numbers
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("name", ["TERM", "HUP"])
def test_what_ends_the_app_ends_the_program_and_leaves_no_file(
    name: str, heard: list[int], tmp_path: Path
) -> None:
    told = f"trap 'echo > {tmp_path}/told; exit' {name}; kill -{name} $PPID"
    pager = program(tmp_path / "pager", f"{told}; for _ in $(seq 100); do sleep 0.05; done")
    with pytest.raises(KeyboardInterrupt), temporary_file(MAIL) as path:
        run_in_foreground([pager], path)
    assert (tmp_path / "told").exists()
    assert not path.parent.exists()
    os.kill(os.getpid(), signal.Signals[f"SIG{name}"])
    assert len(heard) == 1


@pytest.mark.parametrize("end", ["kill -KILL $$", "kill -TERM $$", 'rm -rf "$(dirname "$1")"'])
def test_however_a_program_ends_its_file_is_gone(end: str, tmp_path: Path) -> None:
    pager = program(tmp_path / "pager", end)
    with temporary_file(MAIL) as path:
        run_in_foreground([pager], path)
    assert not path.parent.exists()


async def test_a_program_that_goes_on_behind_keeps_nothing(tmp_path: Path) -> None:
    later = f'(read -r _ < {tmp_path}/fifo; cat "$1"; echo x > "$1"; echo > {tmp_path}/done) &'
    os.mkfifo(tmp_path / "fifo")
    pager = program(tmp_path / "pager", later)
    with temporary_file(MAIL) as path:
        assert run_in_foreground([pager], path) == 0
    (tmp_path / "fifo").write_text("\n")
    await until((tmp_path / "done").exists)
    assert not path.parent.exists()


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="no-such-pager cannot be started: ") as e:
        run_in_foreground(["no-such-pager"], tmp_path / "m.txt")
    assert "$PAGER" in e.value.remedy


# The browser.


@pytest.mark.parametrize(
    ("environ", "programs", "expected"),
    [
        (LOCAL, ["xdg-open"], "xdg-open URL"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ["xdg-open"], "xdg-open URL"),
        ({}, ["xdg-open"], ""),
        (SSH, ["xdg-open", "wslview"], ""),
        (SSH | {"DISPLAY": "localhost:10.0"}, ["xdg-open"], "xdg-open URL"),
        (SSH | {"WSL_DISTRO_NAME": "Debian"}, ["wslview"], ""),
        ({"WSL_DISTRO_NAME": "Debian"}, ["wslview", "xdg-open"], "wslview URL"),
        ({"TERMUX_VERSION": "0.118"}, ["termux-open"], "termux-open URL"),
        (LOCAL | {"BROWSER": "w3m:firefox -P mail"}, ["w3m", "firefox"], "firefox -P mail URL"),
        (LOCAL | {"BROWSER": "/usr/bin/lynx"}, ["/usr/bin/lynx", "xdg-open"], "xdg-open URL"),
        (LOCAL | {"BROWSER": "gone:open-tab --to=%s"}, ["open-tab"], "open-tab --to=URL"),
        (LOCAL | {"BROWSER": "'"}, ["xdg-open"], "xdg-open URL"),
        (
            SSH | {"BROWSER": "/opt/code/browser.sh"},
            ["/opt/code/browser.sh"],
            "/opt/code/browser.sh URL",
        ),
    ],
)
def test_the_browser_is_one_with_a_window(
    environ: Mapping[str, str], programs: list[str], expected: str
) -> None:
    assert browser_command(environ, "URL", only(*programs)) == expected.split()


def test_macos_opens_by_itself_but_not_on_a_far_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert opener({}, only("open")) == "open"
    assert opener(SSH, only("open")) is None


@pytest.fixture
def desktop(tmp_path: Path) -> dict[str, str]:
    """An environment in which xdg-open writes down what it was given and how, and goes on."""
    program(
        tmp_path / "xdg-open",
        f'{{ printf \'%s\\n\' $$ "$#" "$1" "$BROWSER"; readlink /proc/$$/fd/[012];'
        f" (: < /dev/tty) 2>/dev/null && echo tty; }} > {tmp_path}/new;"
        f" mv {tmp_path}/new {tmp_path}/seen; exec sleep 60",
    )
    return LOCAL | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "BROWSER": "lynx"}


async def open_there(url: str, desktop: dict[str, str], tmp_path: Path) -> list[str]:
    """What xdg-open wrote down."""
    seen = tmp_path / "seen"
    which = functools.partial(shutil.which, path=desktop["PATH"])
    assert open_in_browser(url, desktop, which)
    await until(seen.exists)
    pid, *lines = seen.read_text().split("\n")
    os.kill(int(pid), signal.SIGKILL)
    return lines


async def test_the_browser_is_started_away_from_the_terminal(
    desktop: dict[str, str], tmp_path: Path
) -> None:
    lines = await open_there("https://a.example/?b=c&d=%20#e", desktop, tmp_path)
    new = f"{tmp_path}/new"
    assert lines == ["1", "https://a.example/?b=c&d=%20#e", "", "/dev/null", new, "/dev/null", ""]


async def test_a_url_is_one_word_to_every_shell_on_its_way(
    desktop: dict[str, str], tmp_path: Path
) -> None:
    url = "https://a.example/$(calc)`id`' \"|<>{}\\^\x1b\n{é}"
    _, seen, *_ = await open_there(url, desktop, tmp_path)
    assert not set("$()`'\" |<>{}\\^\x1b\n") & set(seen)
    assert seen.startswith("https://a.example/%24%28calc%29")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "--help", ""])
def test_only_web_pages_go_to_the_browser(url: str, desktop: dict[str, str]) -> None:
    assert not open_in_browser(url, desktop, only("xdg-open"))


def test_where_there_is_no_browser_that_is_said(desktop: dict[str, str]) -> None:
    assert not open_in_browser("https://a.example/", SSH, only("xdg-open"))
    assert not open_in_browser("https://a.example/", {"BROWSER": "gone"}, only("gone"))
