"""settings.toml: what is right in it holds, what is wrong is said, what is written stays."""

from __future__ import annotations

import re
import stat
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.errors import SettingsInvalid
from sacterm.settings.config import load, save
from sacterm.settings.options import Settings

KEY = "k_ABCdef0123456789"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def write(file: Path, text: str | bytes) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def problems(file: Path, text: str | bytes) -> tuple[str, ...]:
    return load(write(file, text), {})[1]


class TestReading:
    def test_without_a_file_the_defaults_hold_and_none_is_made(self, file: Path) -> None:
        settings, said, _ = load(file, {})
        assert settings == Settings(
            theme="sacterm-dark",
            api_url="https://mailsac.com/api",
            socket_url="wss://sock.mailsac.com/incoming-messages",
            mark_read_after=1.0,
            refresh_every=0.0,
            cache=True,
        )
        assert said == ()
        assert not file.parent.exists()

    def test_every_setting_can_be_chosen(self, file: Path) -> None:
        write(
            file,
            'theme = "nord"\napi_url = "https://mail.example/api"\n'
            'socket_url = "wss://mail.example/in"\n'
            "mark_read_after = -1\nrefresh_every = 30\ncache = false\n",
        )
        settings, said, _ = load(file, {})
        assert said == ()
        assert settings == Settings(
            theme="nord",
            api_url="https://mail.example/api",
            socket_url="wss://mail.example/in",
            mark_read_after=-1.0,
            refresh_every=30.0,
            cache=False,
        )

    def test_a_bad_value_is_said_and_the_good_rest_holds(self, file: Path) -> None:
        write(file, '# mine\n\ncache = false\nmark_read_after = "soon"\ntheme = "nord"\n')
        settings, said, _ = load(file, {})
        assert settings == Settings(cache=False, theme="nord")
        assert said == (
            'settings.toml, line 4: mark_read_after = "soon": '
            "a number of seconds up to 86400 (negative: never) is wanted",
        )

    def test_unknown_settings_are_said_with_what_may_be_meant(self, file: Path) -> None:
        assert problems(file, 'themee = "x"\n\n[colours]\nred = 1\n') == (
            "settings.toml, line 1: unknown setting 'themee' (did you mean theme?)",
            "settings.toml, line 3: unknown setting 'colours'",
        )

    @pytest.mark.parametrize(
        ("line", "wanted"),
        [
            ('theme = ""', "the name of a theme"),
            ("theme = 2026-11-20", "the name of a theme"),
            ("mark_read_after = nan", "a number of seconds"),
            ("mark_read_after = -inf", "a number of seconds"),
            ("mark_read_after = true", "a number of seconds"),
            ("mark_read_after = 86401", "a number of seconds"),
            (f"mark_read_after = 0x{'F' * 5_000}", "a number of seconds"),
            ("refresh_every = 29.9", "0 (never) or a number of seconds from 30"),
            ("refresh_every = -1", "0 (never) or a number of seconds from 30"),
            ("refresh_every = inf", "0 (never) or a number of seconds from 30"),
            ("refresh_every = nan", "0 (never) or a number of seconds from 30"),
            ("cache = 1", "true or false"),
            ('cache = "yes"', "true or false"),
            ("cache = [true]", "true or false"),
            ("cache = {on = true}", "true or false"),
        ],
    )
    def test_a_value_of_the_wrong_kind_is_said(self, file: Path, line: str, wanted: str) -> None:
        settings, said, _ = load(write(file, line), {})
        assert settings == Settings()
        [problem] = said
        assert problem.startswith(f"settings.toml, line 1: {line.split()[0]} = ")
        assert f": {wanted}" in problem

    def test_a_theme_must_exist_where_the_themes_are_known(self, file: Path) -> None:
        write(file, 'theme = "nrod"')
        settings, said, _ = load(file, {}, themes={"sacterm-dark", "nord"})
        assert settings.theme == "sacterm-dark"
        assert said == (
            'settings.toml, line 1: theme = "nrod": one of nord, sacterm-dark is wanted',
        )

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("theme = \n", "line 1, column 9"),
            ('cache = true\ntheme = "x', "line 2, column 11"),
            ("cache = true\n\ncache = false\n", "line 3, column 14"),
            ("cache = true\ntheme = [1,\n2,\n\n", "line 3, column 3"),
            ("cache = true\nwhat?\n", "line 2, column 5"),
            (b"cache = true\ntheme = '\xff'\n", "line 2"),
        ],
    )
    def test_a_file_that_is_no_toml_is_said_with_its_place(
        self, file: Path, text: str | bytes, place: str
    ) -> None:
        settings, said, _ = load(write(file, text), {})
        assert settings == Settings()
        [problem] = said
        assert problem.startswith(f"settings.toml, {place}: not ")

    @pytest.mark.parametrize("text", ["x = " + "[" * 100_000, "x = " + "9" * 5_000])
    def test_a_file_that_no_parser_bears_is_said(self, file: Path, text: str) -> None:
        [problem] = problems(file, text)
        assert problem.startswith("settings.toml: not TOML")

    def test_a_file_that_cannot_be_read_is_said(self, file: Path) -> None:
        file.mkdir(parents=True)
        assert load(file, {})[:2] == (
            Settings(),
            ("settings.toml cannot be read: Is a directory",),
        )

    def test_a_byte_order_mark_and_windows_line_ends_are_fine(self, file: Path) -> None:
        write(file, b'\xef\xbb\xbftheme = "nord"\r\nwhat = 1\r\n')
        settings, said, _ = load(file, {})
        assert settings.theme == "nord"
        assert said == ("settings.toml, line 2: unknown setting 'what'",)

    def test_a_problem_is_one_short_line_without_control_characters(self, file: Path) -> None:
        long = "x\\n" * 5_000
        text = f'"a\\u001b[31m\\u202e" = 1\ntheme = 1\napi_url = "{long}"\n"{long}" = 1\n'
        assert len(problems(file, text)) == 4
        for problem in problems(file, text):
            assert problem.isprintable()
            assert len(problem) < 300

    def test_no_problem_shows_a_key_or_a_password(self, file: Path) -> None:
        said = problems(
            file,
            f'api_url = "https://mail.example/api?key={KEY}"\n'
            f'socket_url = "ws://me:pa55/wo@rd@mail.example/in?x={KEY}"\n'
            f'refresh_every = "{KEY}"\n'
            f'mailsac_key = "{KEY}"\n'
            f"{KEY} = 1\n",
        )
        assert len(said) == 5
        assert KEY not in str(said)
        assert "pa55" not in said[1]
        assert "rd@" not in said[1]
        assert "mail.example/in" in said[1]

    @settings(deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from([*Settings.__struct_fields__]) | st.text(),
            st.recursive(
                st.text(st.characters(exclude_categories=["Cs"]))
                | st.booleans()
                | st.floats()
                | st.integers(-(2**63), 2**63 - 1)
                | st.dates(min_value=date(1000, 1, 1)),
                lambda inner: (
                    st.lists(inner) | st.dictionaries(st.text("ab\n\"'.", max_size=3), inner)
                ),
                max_leaves=4,
            ),
        )
    )
    def test_no_values_make_loading_fail(
        self, tmp_path_factory: pytest.TempPathFactory, values: dict[str, object]
    ) -> None:
        file = tmp_path_factory.getbasetemp() / "any.toml"
        text = tomlkit.dumps(values)
        file.write_bytes(text.encode())
        loaded, said, _ = load(file, {})
        assert msgspec.convert(msgspec.structs.asdict(loaded), Settings) == loaded
        assert len(said) >= len(values.keys() - set(Settings.__struct_fields__))


class TestLines:
    """Problems name the line at which a person finds the setting."""

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("# wrong = 1\n\nwrong = 1 # wrong = 2\n", 3),
            ('"wrong" = 1\n', 1),
            ("'wrong' = 1\n", 1),
            ('"wr\\u006fng" = 1\n', 1),
            ("  wrong.a = 1\nwrong.b = 1\n", 1),
            ("\n[wrong]\na = 1\n", 2),
            ("\n[[wrong]]\n[[wrong]]\n", 2),
            ("\n[ wrong . a ]\n", 2),
            ('theme = """\nwrong = 1\n"""\nwrong = 1\n', 4),
            ("theme = '''\n[keys]\n'''\nwrong = 1\n", 4),
            ("wrong = [ # the first\n  1,\n\n  2,\n]\n", 1),
            ('theme = "a\u2028b"\nwrong = 1\n', 2),
            ("theme = 'a'\r\n\r\nwrong = 1\r\n", 3),
            ("[theme]\nwrong = 1\n[wrong]\n", 3),
            ("  [theme]\nwrong = 1\n[wrong]\n", 3),
        ],
    )
    def test_of_a_top_level_key(self, file: Path, text: str, line: int) -> None:
        assert f"settings.toml, line {line}: unknown setting 'wrong'" in problems(file, text)


class TestPrecedence:
    FILE = 'api_url = "https://file.example"\nsocket_url = "wss://file.example"\ncache = true\n'
    ENVIRON: ClassVar = {
        "SACTERM_API_URL": "https://environ.example",
        "SACTERM_SOCKET_URL": "wss://environ.example",
    }

    def test_the_environment_wins_over_the_file(self, file: Path) -> None:
        settings, said, _ = load(write(file, self.FILE), self.ENVIRON)
        assert (settings.api_url, settings.socket_url, said) == (
            "https://environ.example",
            "wss://environ.example",
            (),
        )

    def test_the_command_line_wins_over_both(self, file: Path) -> None:
        settings, said, _ = load(
            write(file, self.FILE),
            self.ENVIRON,
            api="https://line.example",
            socket="wss://line.example",
            cache=False,
        )
        assert (settings.api_url, settings.socket_url, settings.cache, said) == (
            "https://line.example",
            "wss://line.example",
            False,
            (),
        )

    def test_what_is_not_said_changes_nothing(self, file: Path) -> None:
        settings, *_ = load(write(file, self.FILE), {"SACTERM_API_URL": ""}, api=None, cache=None)
        assert (settings.api_url, settings.cache) == ("https://file.example", True)

    def test_what_cannot_be_used_is_said_with_its_source_and_passed_over(self, file: Path) -> None:
        settings, said, _ = load(
            write(file, self.FILE),
            {"SACTERM_API_URL": "http://environ.example", "SACTERM_SOCKET_URL": "nonsense"},
            socket="https://line.example",
        )
        assert settings.api_url == "https://file.example"
        assert settings.socket_url == "wss://file.example"
        assert [problem.partition(":")[0] for problem in said] == [
            "SACTERM_API_URL",
            "SACTERM_SOCKET_URL",
            "--socket",
        ]


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "https://mail.example/api",
            "https://mail.example:8443",
            "HTTPS://mail.example/api",
            "https://[2001:db8::1]/api",
            "http://localhost:8080/api",
            "http://127.0.0.1:8080/api",
            "http://127.1.2.3/api",
            "http://[::1]:8080/api",
        ],
    )
    def test_are_secure_or_stay_on_this_machine(self, file: Path, url: str) -> None:
        assert load(file, {}, api=url)[:2] == (Settings(api_url=url), ())

    @pytest.mark.parametrize(
        "url",
        [
            "http://mail.example/api",
            "http://10.0.0.1/api",
            "http://0.0.0.0/api",
            "http://localhost.mail.example/api",
            "http://127.0.0.1.mail.example/api",
            "http://127.0.0.1@mail.example/api",
            "http://mail.example#@127.0.0.1/api",
            "http://mail.example\\@127.0.0.1/api",
            "https://user:password@mail.example/api",
            "https://mail.example/api?key=x",
            "https://mail.example/api#x",
            "https://mail.example/a\npi",
            "https://mail.example /api",
            "https://mail.example/\u202eipa",
            "https://mäil.example/api",
            "https://mail.example:65536/api",
            "https://mail.example:port/api",
            "https://",
            "https:/mail.example",
            "ftp://mail.example",
            "wss://mail.example",
            "mail.example",
        ],
    )
    def test_that_would_show_the_key_or_are_none_are_refused(self, file: Path, url: str) -> None:
        settings, said, _ = load(file, {}, api=url)
        assert settings.api_url == Settings().api_url
        assert len(said) == 1
        assert "an https:// URL (http:// on this machine, or with allow_http)" in said[0]

    def test_of_the_socket_have_their_own_schemes(self, file: Path) -> None:
        assert load(file, {}, socket="ws://localhost:1/in")[1] == ()
        assert load(file, {}, socket="wss://mail.example/in")[1] == ()
        assert len(load(file, {}, socket="ws://mail.example/in")[1]) == 1
        assert len(load(file, {}, socket="https://mail.example/in")[1]) == 1

    def test_lose_the_slash_at_their_end(self, file: Path) -> None:
        assert load(file, {}, api="https://mail.example/api/")[0].api_url == (
            "https://mail.example/api"
        )


class TestPlainHttp:
    """To other machines only with a word for it, wherever both of them are said."""

    PLAIN = "http://10.0.0.5:8080/api"
    SOCKET = "ws://mail.example/in"
    URLS = f'api_url = "{PLAIN}"\nsocket_url = "{SOCKET}"\n'

    @pytest.mark.parametrize(
        "text",
        [f"allow_http = true\n{URLS}", f"{URLS}allow_http = true\n"],
        ids=["before", "after"],
    )
    def test_in_either_order_of_the_file(self, file: Path, text: str) -> None:
        settings, said, _ = load(write(file, text), {})
        assert (settings.api_url, settings.socket_url, said) == (self.PLAIN, self.SOCKET, ())

    def test_from_the_environment(self, file: Path) -> None:
        environ = {"SACTERM_API_URL": self.PLAIN, "SACTERM_SOCKET_URL": self.SOCKET}
        settings, said, _ = load(write(file, "allow_http = true"), environ)
        assert (settings.api_url, settings.socket_url, said) == (self.PLAIN, self.SOCKET, ())

    def test_from_the_command_line(self, file: Path) -> None:
        write(file, "allow_http = true")
        settings, said, _ = load(file, {}, api=self.PLAIN, socket=self.SOCKET)
        assert (settings.api_url, settings.socket_url, said) == (self.PLAIN, self.SOCKET, ())

    @pytest.mark.parametrize(
        "word", ["", "allow_http = false\n", "allow_http = 1\n", 'allow_http = "true"\n']
    )
    def test_without_it_they_are_refused_wherever_they_stand(self, file: Path, word: str) -> None:
        environ = {"SACTERM_API_URL": self.PLAIN, "SACTERM_SOCKET_URL": self.SOCKET}
        settings, said, _ = load(
            write(file, word + self.URLS), environ, api=self.PLAIN, socket=self.SOCKET
        )
        assert settings == Settings()
        assert sum("allow_http) without user" in problem for problem in said) == 6

    @pytest.mark.parametrize(
        "url",
        [
            "http://user:password@mail.example/api",
            "http://mail.example/api?key=x",
            "http://mail.example/a\npi",
            "ftp://mail.example",
            "ws://mail.example",
            "mail.example",
        ],
    )
    def test_what_is_no_such_url_stays_refused(self, file: Path, url: str) -> None:
        settings, said, _ = load(write(file, "allow_http = true"), {}, api=url)
        assert (settings.api_url, len(said)) == (Settings().api_url, 1)

    def test_one_is_saved_only_after_the_word_for_it(self, file: Path) -> None:
        with pytest.raises(SettingsInvalid, match="with allow_http"):
            save(file, "api_url", self.PLAIN)
        save(file, "allow_http", True)
        save(file, "api_url", self.PLAIN)
        assert load(file, {})[0].api_url == self.PLAIN


class TestSaving:
    def test_the_first_change_makes_a_file_that_explains_every_setting(self, file: Path) -> None:
        save(file, "mark_read_after", 2.5)
        text = file.read_text()
        tables: dict[str, object] = {"columns": {}, "notices": {}, "keys": {}}
        assert tomllib.loads(text) == {"mark_read_after": 2.5} | tables
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        paragraphs = text.strip().split("\n\n")[1:]
        explained, table = [], ""
        for paragraph in paragraphs:
            lines = paragraph.splitlines()
            if lines[0].startswith("["):
                table = lines.pop(0).strip("[]") + "_"
            *purpose, setting = lines
            assert purpose
            assert all(line.startswith("# ") for line in purpose)
            explained.append(table + setting.removeprefix("# ").partition(" = ")[0])
        assert explained[-1].startswith("keys_")
        assert {*explained[:-1], "keys"} == set(Settings.__struct_fields__)

    def test_the_lines_of_a_new_file_are_the_defaults(self, file: Path) -> None:
        save(file, "cache", False)
        lines = file.read_text().splitlines()
        uncommented = [
            line.removeprefix("# ")
            for line in lines
            if line.startswith("[") or re.match(r"# \w+ = ", line)
        ]
        file.write_text("\n".join(uncommented))
        assert load(file, {})[:2] == (Settings(), ())

    def test_a_further_setting_takes_the_place_prepared_for_it(self, file: Path) -> None:
        save(file, "cache", False)
        before = file.read_text()
        save(file, "theme", "nord")
        assert file.read_text() == before.replace('# theme = "sacterm-dark"', 'theme = "nord"')

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("theme = 'old'  # mine\n", 'theme = "new"  # mine\n'),
            ("cache=true\r\ntheme='old'\r\n", 'cache=true\r\ntheme="new"\r\n'),
            ("# top\n\n[keys]\na = 1 # one\n", '# top\ntheme = "new"\n\n[keys]\na = 1 # one\n'),
            ("cache = true", 'cache = true\ntheme = "new"\n'),
            ("odd = 1 # kept\n", 'odd = 1 # kept\ntheme = "new"\n'),
            ('# theme = "bright"\n', '# theme = "bright"\ntheme = "new"\n'),
            ("[x]\ntheme = 1\n", 'theme = "new"\n\n[x]\ntheme = 1\n'),
            (
                '[x]\n# theme = "sacterm-dark"\ntheme = 1\n',
                'theme = "new"\n\n[x]\n# theme = "sacterm-dark"\ntheme = 1\n',
            ),
            (
                'text = """\n# theme = "sacterm-dark"\n"""\n',
                'text = """\n# theme = "sacterm-dark"\n"""\ntheme = "new"\n',
            ),
            (
                '# theme = "sacterm-dark"\n' * 2,
                '# theme = "sacterm-dark"\n' * 2 + 'theme = "new"\n',
            ),
            ("theme = 7 # was wrong\n", 'theme = "new" # was wrong\n'),
        ],
    )
    def test_everything_else_stays_as_written(self, file: Path, before: str, after: str) -> None:
        save(write(file, before), "theme", "new")
        assert file.read_bytes().decode() == after

    def test_what_is_saved_is_loaded(self, file: Path) -> None:
        chosen = Settings(
            theme='a "quoted" one',
            api_url="http://127.0.0.1:1/api",
            socket_url="ws://127.0.0.1:1/in",
            mark_read_after=-1.0,
            refresh_every=60.0,
            cache=False,
            columns_show=("subject", "age"),
            notices_how="bell",
            notices_of=("signup@mailsac.com", "label:urgent"),
        )
        for name, value in msgspec.structs.asdict(chosen).items():
            if name != "keys":
                save(file, re.sub("^(columns|notices)_", r"\1.", name), value)
        assert load(file, {})[:2] == (chosen, ())
        save(file, "keys.delete", "d, delete")
        save(file, "keys.undo", "z")
        chosen = msgspec.structs.replace(chosen, keys={"delete": "d, delete", "undo": "z"})
        assert load(file, {})[:2] == (chosen, ())

    def test_what_is_in_a_table_is_checked_where_it_stands(self, file: Path) -> None:
        write(file, "notices = 3\n[columns]\nshow = ['from']\nwide = 1\n[keys]\nundo = 5\n")
        loaded, said, _ = load(file, {})
        assert loaded == Settings()
        assert [line.partition(":")[0] for line in said] == [
            f"settings.toml, line {n}" for n in (1, 3, 4, 6)
        ]
        assert "with subject among them" in said[1]
        assert "the name of a key is wanted" in said[3]
        with pytest.raises(SettingsInvalid, match="notices is no table there"):
            save(file, "notices.how", "bell")

    def test_a_file_that_is_no_toml_is_said_and_never_overwritten(self, file: Path) -> None:
        write(file, "cache = true\ntheme = \n")
        with pytest.raises(SettingsInvalid, match=r"^settings.toml, line 2, column 9: not TOML"):
            save(file, "theme", "new")
        assert file.read_bytes() == b"cache = true\ntheme = \n"

    def test_a_bad_value_is_said_and_nothing_written(self, file: Path) -> None:
        with pytest.raises(SettingsInvalid, match=r"^refresh_every = 5: 0 "):
            save(file, "refresh_every", 5)
        assert not file.exists()

    def test_a_file_that_cannot_be_read_is_said(self, file: Path) -> None:
        file.mkdir(parents=True)
        with pytest.raises(SettingsInvalid, match=r"^settings.toml cannot be read: \w"):
            save(file, "cache", False)

    @pytest.mark.skipif(sys.platform != "linux", reason="a folder that even root cannot fill")
    def test_a_file_that_cannot_be_written_is_said(self, file: Path) -> None:
        file.parent.mkdir()
        file.symlink_to("/proc/missing/settings.toml")
        with pytest.raises(SettingsInvalid, match=r"^settings.toml cannot be written: \w"):
            save(file, "cache", False)

    def test_nothing_but_the_file_is_left_behind(self, file: Path) -> None:
        save(file, "cache", False)
        assert list(file.parent.iterdir()) == [file]
