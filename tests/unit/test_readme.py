from __future__ import annotations

import re

from tests.readme import README, renewed


def test_keys_and_settings_are_those_of_the_code() -> None:
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
