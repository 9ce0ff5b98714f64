from __future__ import annotations

import pytest

from sacterm.tui import wording


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (84_400, "84 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (2_500_000, "2.5 MB"),
    ],
)
def test_sizes_are_human(count: int | None, text: str) -> None:
    assert wording.size(count) == text


def test_numbers_and_plurals() -> None:
    assert wording.plural(1, "op") == "1 op"
    assert wording.plural(1204, "op") == "1,204 ops"
    assert wording.plural(2, "inbox", "inboxes") == "2 inboxes"
