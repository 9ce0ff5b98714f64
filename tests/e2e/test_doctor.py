"""``sacterm doctor`` as a person runs it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from tests.e2e.terminal import Terminal
from tests.e2e.test_delivery import sandbox_process
from tests.e2e.test_program import KEY, SACTERM, home

__all__ = ["home"]

TOPICS = [
    *(
        "versions",
        "system",
        "terminal",
        "clipboard",
        "notices",
        "network",
        "settings",
        "config",
        "cache",
    ),
    *("state", "key", "store", "api", "socket", "account", "live", "clock"),
]
NOBODY = ("--api", "http://127.0.0.1:1/api", "--socket", "ws://127.0.0.1:1/in")
HANG = """
import socket, time
def getaddrinfo(host, *args, ask=socket.getaddrinfo, **options):
    if "mailsac.com" in str(host):
        time.sleep(60)
    return ask(host, *args, **options)
socket.getaddrinfo = getaddrinfo
"""


def examined(environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """The doctor's lines, piped; nothing on stderr, and no name of anybody."""
    done = subprocess.run(
        [*SACTERM, *options, "doctor"],
        env=environ | {"USER": "jdoe"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stderr == ""
    for secret in (KEY, KEY[2:], environ["HOME"], "jdoe", "@"):
        assert secret not in done.stdout
    lines = done.stdout.splitlines()
    assert {line[:2] for line in lines} <= {"ok", "!!", "--"}
    assert list(dict.fromkeys(line.split()[1] for line in lines)) == TOPICS
    assert all(" · " in line for line in lines if line.startswith("!!"))
    return done


def bad(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {line.split()[1] for line in done.stdout.splitlines() if line.startswith("!!")}


def test_all_is_well(home: dict[str, str], tmp_path: Path) -> None:
    with sandbox_process(tmp_path / "sandbox.jsonl", key=KEY) as first:
        urls = ("--api", first["api"], "--socket", first["socket"])
        environ = home | {"MAILSAC_KEY": KEY}
        done = examined(environ, *urls)
        assert (done.returncode, bad(done)) == (0, set())
        assert "MAILSAC_KEY is set in the environment" in done.stdout
        assert "the key is good" in done.stdout
        assert "(1 op)" in done.stdout
        assert "the socket takes the key" in done.stdout
        assert not Path(home["XDG_CONFIG_HOME"]).exists()
        assert not Path(home["XDG_CACHE_HOME"]).exists()
        with Terminal([*SACTERM, *urls, "doctor"], environ, size=(132, 40)) as terminal:
            terminal.sees("132 × 40, TERM=xterm-256color, COLORTERM=truecolor, utf-8", limit=15)
            assert terminal.ends() == 0
        refused = examined(home | {"MAILSAC_KEY": KEY + "9"}, *urls)
        assert (refused.returncode, bad(refused)) == (1, {"account", "live"})


def test_without_key_network_and_locale_it_still_says_all(
    home: dict[str, str], tmp_path: Path
) -> None:
    settings = tmp_path / "config" / "sacterm" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('theme = "none such"\n')
    odd = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    done = subprocess.run(
        [*SACTERM, "--profile", "jdoe", *NOBODY, "doctor"], env=home | odd, capture_output=True
    )
    assert (done.returncode, done.stderr) == (1, b"")
    lines = done.stdout.decode("ascii").splitlines()
    found = {line.split()[1]: line for line in lines if line.startswith("!!")}
    assert found.keys() == {"settings", "key", "api", "socket"}
    assert "settings.toml, line 1: theme" in found["settings"]
    assert "there is no keyring here" in found["key"]
    assert b"jdoe" not in done.stdout


def test_urls_that_do_not_belong_together_get_no_key(home: dict[str, str], tmp_path: Path) -> None:
    with sandbox_process(tmp_path / "sandbox.jsonl", key=KEY) as first:
        urls = ("--api", first["api"], "--socket", "ws://mail.example/in")
        done = examined(home | {"MAILSAC_KEY": KEY}, *urls)
    assert (done.returncode, "settings" in bad(done)) == (1, True)
    assert "ws://mail.example/in" in done.stdout
    assert done.stdout.count("not asked: the URLs may be others") == 2


def test_a_name_server_that_is_silent_holds_up_neither_the_answer_nor_the_end(
    home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HANG)
    begun = time.monotonic()
    done = examined(home | {"PYTHONPATH": str(tmp_path), "MAILSAC_KEY": KEY})
    seconds = time.monotonic() - begun
    assert {"api", "socket"} <= bad(done)
    assert "no answer in time" in done.stdout
    assert seconds < 30, "it waited for the name server"
    print(f"doctor with a silent name server: {seconds:.1f} s")


def test_whoever_reads_may_leave_early(home: dict[str, str]) -> None:
    with subprocess.Popen(
        [*SACTERM, *NOBODY, "doctor"], env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as doctor:
        assert doctor.stdout and doctor.stderr
        doctor.stdout.readline()
        doctor.stdout.close()
        assert doctor.wait(timeout=30) == 1
        assert doctor.stderr.read() == b""


def test_the_help_tells_of_it(home: dict[str, str]) -> None:
    done = subprocess.run([*SACTERM, "--help"], env=home, capture_output=True, text=True)
    assert "doctor" in done.stdout
    assert "(1 op)" in done.stdout
