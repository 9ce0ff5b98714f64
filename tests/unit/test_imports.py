"""What a start loads, in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

SERVERS = {"starlette", "uvicorn", "aiosmtpd"}
WIRE = {"httpx", "websockets"}
SCREEN = {"textual", "rich"}


def loaded(program: str) -> set[str]:
    """The top-level packages that a program has imported at its end."""
    code = f"{program}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_painting_needs_neither_wire_nor_keyring_nor_servers() -> None:
    packages = loaded("import sacterm.cli, sacterm.tui.app, sacterm.mailbox.session")
    assert "textual" in packages
    assert not packages & (WIRE | SERVERS | {"keyring", "tomlkit"})


def test_painting_needs_nothing_that_reads_mail() -> None:
    program = "import sacterm.tui.app, sacterm.mailbox.session, sys"
    code = f"{program}; print(*(n for n in sys.modules if n.startswith('sacterm.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    late = {f"sacterm.{name}" for name in ("reading.letter", "reading.codes", "mailbox.search")}
    assert "sacterm.reading.text" in done.stdout.split()
    assert not late & set(done.stdout.split())


def test_the_sandbox_needs_no_screen() -> None:
    packages = loaded("import sacterm.sandbox.server, sacterm.sandbox.demo")
    assert packages >= SERVERS
    assert not packages & (SCREEN | {"keyring", "httpx"})


def test_the_command_line_needs_next_to_nothing() -> None:
    packages = loaded("import sacterm.cli; sacterm.cli._parser()")
    assert not packages & (SCREEN | WIRE | SERVERS | {"keyring", "sqlite3"})
