"""``sacterm config``: what a person sees of the settings, and how they are edited."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from sacterm.cli import main
from sacterm.settings.config import template
from sacterm.settings.options import NAMES
from sacterm.settings.viewstate import ViewState, save_view_state

KEY = "k_ABCdef0123456789"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings of a home of its own would be."""
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    for name in ("SACTERM_API_URL", "SACTERM_SOCKET_URL", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "CONFIG" / "sacterm" / "settings.toml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text)


class TestShow:
    def test_without_a_file_all_are_the_defaults(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["config", "show"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == list(NAMES)
        assert {line.split()[1] for line in lines} == {"default"}
        assert len({re.match(r"\S+ +\S+ +", line).end() for line in lines}) == 1  # type: ignore[union-attr]
        assert lines[0].endswith('  "sacterm-dark"')
        assert not file.parent.exists()

    def test_each_origin_is_told_and_what_is_wrong_at_the_end(
        self,
        file: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        write(
            file,
            'theme = "nord"\nmarks = "ascii"\ndates = "soon"\n'
            'api_url = "https://file.example"\nallow_http = 3\n'
            f'[columns]\nshow = ["subject", "age"]\n[keys]\ndelete = "d, delete"\n{KEY} = "x"\n',
        )
        view = tmp_path / "STATE" / "sacterm" / "view-work.json"
        save_view_state(view, ViewState(theme="gruvbox"))
        monkeypatch.setenv("SACTERM_API_URL", f"https://environ.example/{KEY}")
        monkeypatch.setenv("SACTERM_SOCKET_URL", f"https://me:pa55@environ.example/?key={KEY}")
        assert main(["--profile", "work", "--no-cache", "config", "show"]) == 1
        out = capsys.readouterr().out
        shown, _, wrong = out.partition("\n\n")
        found = {}
        for line in shown.splitlines():
            name, origin, value = re.split(r"  +", line)
            found[name] = (origin, value)
        assert found["theme"] == ("picked in the app", '"gruvbox"')
        assert found["marks"] == ("settings.toml, line 2", '"ascii"')
        assert found["dates"] == ("default", '"relative"')
        assert found["api_url"] == ("SACTERM_API_URL", '"https://environ.example/•••"')
        assert found["socket_url"][0] == "default"
        assert found["cache"] == ("--no-cache", "false")
        assert found["columns.show"] == ("settings.toml, line 7", '["subject", "age"]')
        assert found["keys.delete"] == ("settings.toml, line 9", '"d, delete"')
        assert [line.partition(":")[0] for line in wrong.splitlines()] == [
            "settings.toml, line 3",
            "settings.toml, line 5",
            "SACTERM_SOCKET_URL",
            '[keys] ••• = "x"',
        ]
        assert KEY not in out
        assert "pa55" not in out

        assert main(["--profile", "other", "config", "show"]) == 1
        assert re.search(r'theme +settings.toml, line 1 +"nord"', capsys.readouterr().out)

    def test_a_theme_that_was_picked_and_is_gone_does_not_win(
        self, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        view = tmp_path / "STATE" / "sacterm" / "view-default.json"
        save_view_state(view, ViewState(theme="gone"))
        assert main(["config", "show"]) == 0
        assert re.search(r'^theme +default +"sacterm-dark"', capsys.readouterr().out)

    def test_what_a_file_says_never_reaches_the_terminal_as_it_is(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(file, '[keys]\n"a\\u001b[31m" = "\\u202e"\n')
        main(["config", "show"])
        assert all(line.isprintable() for line in capsys.readouterr().out.splitlines())


class TestEdit:
    """The editor is a program of the test: it is given the file, and does something to it."""

    @staticmethod
    def editor(does: str) -> str:
        program = f"import pathlib, sys; file = pathlib.Path(sys.argv[1]); {does}"
        return shlex.join([sys.executable, "-c", program])

    def test_a_missing_file_is_made_with_every_setting_explained(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("EDITOR", self.editor("file.read_text() or sys.exit(5)"))
        assert main(["config", "edit"]) == 0
        assert file.read_text() == template()
        assert capsys.readouterr() == (f"{file}\n", "")

    def test_what_is_wrong_afterwards_is_told_and_the_file_kept(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(file, "# mine\n")
        adds = r"file.write_text(file.read_text() + 'theme = \'nrod\'\nmarsk = 1\n')"
        monkeypatch.setenv("EDITOR", "false")
        monkeypatch.setenv("VISUAL", self.editor(adds))
        assert main(["config", "edit"]) == 1
        assert file.read_text() == "# mine\ntheme = 'nrod'\nmarsk = 1\n"
        said = capsys.readouterr().err
        assert 'settings.toml, line 2: theme = "nrod": one of ' in said
        assert "settings.toml, line 3: unknown setting 'marsk' (did you mean marks?)" in said
        assert "the file is as you left it" in said

    @pytest.mark.parametrize(
        ("does", "said"),
        [("sys.exit(3)", "ended with 3"), ("file.write_text('what?')", "line 1, column 5: not")],
    )
    def test_an_editor_that_fails_and_a_file_that_is_no_toml_are_told(
        self,
        file: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        does: str,
        said: str,
    ) -> None:
        monkeypatch.setenv("EDITOR", self.editor(does))
        assert main(["config", "edit"]) == 1
        assert said in capsys.readouterr().err

    def test_an_editor_that_is_not_there_is_told_with_a_remedy(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("EDITOR", "no-such-editor")
        assert main(["config", "edit"]) == 1
        said = capsys.readouterr().err
        assert "no-such-editor cannot be started" in said
        assert "$VISUAL" in said


class TestSet:
    def test_a_key_that_cannot_be_bound_is_refused_with_what_is_meant(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name, value, said in (
            ("keys.delet", "z", "did you mean delete?"),
            ("keys.save", "foo+bar", "foo+bar"),
            ("keys.delete", "z", "z is a key of zoom already"),
        ):
            assert main(["config", "set", name, value]) == 2
            assert said in capsys.readouterr().err
        assert not file.exists()

    def test_a_key_of_digits_is_a_key(self, file: Path) -> None:
        assert main(["config", "set", "keys.select", "7"]) == 0
        assert 'select = "7"' in file.read_text()

    def test_a_list_is_written_as_the_file_has_it(self, file: Path) -> None:
        assert main(["config", "set", "columns.show", '["subject", "age"]']) == 0
        assert 'show = ["subject", "age"]' in file.read_text()
