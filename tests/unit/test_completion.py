"""The scripts that complete the command line, tried in the shells that are here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from sacterm.cli import _parser
from sacterm.settings.options import NAMES
from sacterm.subcommands.completion import SHELLS, script
from sacterm.tui.commands import COMMANDS
from sacterm.tui.themes import NAMES as THEMES

_ASK = r"""
source "$1"
while IFS= read -r line; do
    IFS=' ' read -ra COMP_WORDS <<< "$line"
    [[ $line == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=(left over)
    "$(complete -p sacterm | sed 's/.*-F \([^ ]*\).*/\1/')"
    echo "${COMPREPLY[*]}"
done
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_offers_what_can_be_said_next(tmp_path: Path) -> None:
    file = tmp_path / "sacterm"
    file.write_text(script("bash", _parser()))
    settings = {*NAMES, *(f"keys.{command.id}" for command in COMMANDS)}
    wanted: dict[str, set[str]] = {
        "sacterm dem": {"demo"},
        "sacterm config ": {"path", "show", "edit", "set"},
        "sacterm --prof": {"--profile"},
        "sacterm --profile ": set(),
        "sacterm --profile config con": {"config"},
        "sacterm --no-cache con": {"config"},
        "sacterm config -": {"-h", "--help"},
        "sacterm config set ": settings,
        "sacterm config set theme ": set(THEMES),
        "sacterm config set marks a": {"ascii"},
        "sacterm config set cache ": {"true", "false"},
        "sacterm config set marks ascii ": set(),
        "sacterm config set api_url ": set(),
        "sacterm key ": {"set", "status", "delete"},
        "sacterm key set ": set(),
        "sacterm completion ": set(SHELLS),
        "sacterm sandbox --scen": {"--scenario"},
        "sacterm sandbox --data ": set(),
        "sacterm sandbox --data x --smtp": {"--smtp-port"},
        "sacterm nonsense con": {"config"},
    }
    done = subprocess.run(
        ["bash", "--norc", "-c", _ASK, "-", file],
        input="\n".join(wanted) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    answers = (set(line.split()) for line in done.stdout.split("\n"))
    assert dict(zip(wanted, answers, strict=False)) == wanted
    assert done.stderr == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_of_its_shell(shell: str) -> None:
    if (program := shutil.which(shell)) is None:
        pytest.skip(f"no {shell} here")
    written = script(shell, _parser())
    done = subprocess.run([program, "-n"], input=written, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish_offers_what_can_be_said_next_and_what_it_is_for(tmp_path: Path) -> None:
    file = tmp_path / "sacterm.fish"
    file.write_text(script("fish", _parser()))
    ask = f"source {file}; complete -C 'sacterm --profile x con'; complete -C 'sacterm key '"
    done = subprocess.run(
        ["fish", "--no-config", "-c", ask], capture_output=True, text=True, check=True
    )
    assert "config\tsee and change the settings" in done.stdout
    assert {"set", "status", "delete"} <= set(done.stdout.split())
