"""The columns of the list: in the order that was asked for, as many as there is room for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from sacterm.mailbox.views import Row
from sacterm.reading.cells import painted_len
from sacterm.settings.options import COLUMNS
from sacterm.tui.columns import Slot, lay_out
from sacterm.tui.widgets.message_row import Looks, MessageRow

LOOKS = Looks(*[Style()] * 5)

choices = st.lists(st.sampled_from(COLUMNS), unique=True).map(
    lambda names: tuple(names) if "subject" in names else (*names, "subject")
)
widths = st.integers(2, 250)
whens = st.integers(8, 14)


def names(line: tuple[Slot, ...]) -> list[str]:
    return [slot.name for slot in line if slot.name != "selected"]


def texts_of(row: Row, width: int, show: tuple[str, ...], *, roomy: bool) -> list[str]:
    lines = lay_out(show, width, when=8, roomy=roomy)
    message = MessageRow(row, "●", "3h", selected=True, online=True, looks=LOOKS)
    return ["".join(text for text, _ in message.pieces(line)).rstrip() for line in lines]


def row(text: str) -> Row:
    return Row(
        id="m1",
        inbox="a@mailsac.com",
        original_inbox=text,
        sender_name=text,
        sender_address="a@b.example",
        subject=text,
        received=0,
        size=84_000,
        attachments=1,
        labels=(text, text) if len(text) % 2 else (),
        folder=text,
        unread=True,
        starred=True,
        gone=False,
        pushed=True,
        code=text,
    )


def test_a_wide_list_has_all_columns_and_a_narrow_one_what_matters_most() -> None:
    shown = [names(lay_out(COLUMNS, width, when=8, roomy=False)[0]) for width in (120, 78, 60, 41)]
    assert shown == [
        list(COLUMNS),
        ["marks", "from", "subject", "code", "age", "size"],
        ["marks", "from", "subject", "code"],
        ["marks", "subject", "code"],
    ]


def test_the_lines_are_laid_out_as_they_are_read() -> None:
    assert texts_of(row("abc"), 91, COLUMNS, roomy=False) == [
        "✓●★▤  abc                 abc             in abc…   abc          abc             3h  84 kB"
    ]
    assert texts_of(row("abc"), 60, COLUMNS, roomy=True) == [
        "✓●★▤  abc                         abc             3h  84 kB",
        "      abc                         in abc #abc…   abc",
    ]


def test_in_two_lines_the_sender_stands_above_the_subject() -> None:
    above, below = lay_out(COLUMNS, 78, when=8, roomy=True)
    assert names(above) == ["marks", "from", "code", "age", "size"]
    assert names(below) == ["subject", "inbox"]
    assert below[0].gap == above[0].width + above[1].gap


def test_without_a_sender_the_subject_stands_above() -> None:
    lines = lay_out(("marks", "subject", "age"), 78, when=8, roomy=True)
    assert [names(line) for line in lines] == [["marks", "subject", "age"], []]


@given(choices, widths, whens, st.booleans())
def test_order_is_kept_and_each_line_is_exactly_as_wide_as_it_may_be(
    show: tuple[str, ...], width: int, when: int, roomy: bool
) -> None:
    lines = lay_out(show, width, when=when, roomy=roomy)
    assert len(lines) == 1 + roomy
    for line in lines:
        shown = names(line)
        assert shown == [name for name in show if name in shown]
        assert all(slot.gap >= 0 and slot.width >= 0 for slot in line)
        assert not line or sum(slot.gap + slot.width for slot in line) + 1 <= max(width, 8)
        if line and width >= 8:
            assert sum(slot.gap + slot.width for slot in line) + 1 == width
    assert any("subject" in names(line) for line in lines)
    assert lines[0][0].name == "selected" or "marks" in names(lines[0])


@settings(max_examples=20)
@given(choices, st.booleans(), whens)
def test_more_room_never_takes_a_column_away(show: tuple[str, ...], roomy: bool, when: int) -> None:
    before: set[str] = set()
    for width in range(2, 200):
        lines = lay_out(show, width, when=when, roomy=roomy)
        now = {name for line in lines for name in names(line)}
        assert before <= now
        before = now
    assert before == set(show)


@given(st.text(max_size=60), st.integers(8, 160), choices, st.booleans())
def test_whatever_a_mail_says_each_column_keeps_its_place(
    text: str, width: int, show: tuple[str, ...], roomy: bool
) -> None:
    for line in lay_out(show, width, when=8, roomy=roomy):
        message = MessageRow(row(text), "●", "3h", selected=False, online=True, looks=LOOKS)
        for slot in line:
            pieces = message.pieces((slot,))
            assert sum(painted_len(piece) for piece, _ in pieces) == slot.gap + slot.width
