"""``--screenshot``: a picture of the demo, where there is no terminal."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sacterm.cli import main
from tests.e2e.test_program import SACTERM, home

__all__ = ["home"]

_CELL = 12.2  # width of a cell in Textual's pictures


def drawn(svg: str) -> dict[str, str]:
    """The texts of a picture, each with its width."""
    texts = (each for each in ElementTree.fromstring(svg).iter() if each.tag.endswith("}text"))
    return {(each.text or "").replace("\xa0", " "): each.get("textLength", "") for each in texts}


def test_the_demo_is_drawn_with_the_mail_under_the_cursor(
    home: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "small.svg"
    command = [*SACTERM, "--screenshot", str(file), "--size", "80x24"]
    done = subprocess.run(
        command, env=home, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == (f"{file}\n", "")
    svg = file.read_text()
    texts = drawn(svg)
    text = "\n".join(texts)
    for words in ("live · 5 of 5", "195 messages", "c copies", "127.0.0.1:2525"):
        assert words in text
    (wide,) = (shown for shown in texts if "ご登録ありがとうございます" in shown)
    assert float(texts[wide]) == pytest.approx((len(wide) + 13) * _CELL, abs=1)
    assert max(float(width) for width in texts.values() if width) <= 80 * _CELL
    assert re.findall(r"@font-face|url\((?!#)", svg) == [], "asks another machine"
    assert not Path(home["XDG_CONFIG_HOME"]).exists()
    assert not Path(home["XDG_STATE_HOME"]).exists()


@pytest.mark.thorough
def test_two_pictures_are_alike_but_for_the_hour(home: dict[str, str], tmp_path: Path) -> None:
    pictures = []
    for name in ("one.svg", "two.svg"):
        command = [sys.executable, "-m", "sacterm", "demo", "--screenshot", str(tmp_path / name)]
        subprocess.run(command, env=home, capture_output=True, check=True)
        words = " ".join(drawn((tmp_path / name).read_text())).split()
        hours = re.compile(r"now|\d+[mh]|\d\d:\d\d:\d\d")  # and ages, on a slow machine
        pictures.append([word for word in words if not hours.fullmatch(word)])
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--screenshot", "demo.png"], "a name that ends in .svg"),
        (["demo", "--screenshot", "demo"], "a name that ends in .svg"),
        (["--size", "79x24"], "80x20 at least"),
        (["--size", "120"], "COLSxROWS"),
    ],
)
def test_what_it_cannot_be_is_said(
    words: list[str], wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert wanted in capsys.readouterr().err
