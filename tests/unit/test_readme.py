from __future__ import annotations

import re

from tests.readme import README, renewed


def test_keys_are_those_of_the_code() -> None:
    text = README.read_text()
    assert renewed(text) == text, "python -m tests.readme renews it"


def test_the_first_two_blocks_are_one_line_each() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    assert [block.count("\n") for block in blocks[:2]] == [1, 1]
    assert "sacterm demo" in blocks[0]
    assert "pytest" in blocks[1]


def test_the_pictures_are_there() -> None:
    pictures = re.findall(r"\]\((screenshots/[^)]+)\)", README.read_text())
    assert pictures
    assert all((README.parent / picture).is_file() for picture in pictures)


def test_what_the_page_on_the_design_speaks_of_is_there() -> None:
    root = README.parent
    text = (root / "sacterm" / "DESIGN.md").read_text()
    there = {file.name for folder in ("sacterm", "tests") for file in (root / folder).rglob("*.py")}
    assert set(re.findall(r"\w+\.py\b", text)) <= there
    rooms = {
        folder.name for folder in (root / "sacterm").iterdir() if (folder / "__init__.py").exists()
    }
    assert {room for room in rooms if f"{room}/" not in text} == set()
    places = re.findall(r"`(tests/[\w/.]+)`", text)
    assert places
    assert all((root / place).exists() for place in places)
