"""The worst mail there is: taken in, listed, found, and read in every form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest

from sacterm.mailbox.search import parse
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL
from sacterm.reading.attachments import safe_name
from sacterm.reading.letter import Letter, read_letter
from sacterm.reading.text import display_line
from sacterm.tui.forms import Form, Order
from sacterm.tui.layouts import lay_out
from tests.e2e.strict import graphemes
from tests.unit.fakes import START, mail
from tests.unit.hostilestrings import HOSTILE, HUGE, is_unfit, together
from tests.unit.mailbombs import BOMBS
from tests.unit.mailcorpus import READABLE, UNREADABLE, hostile_letter

SMALL = 8_000  # bytes: what takes long is measured, and not tested
CORPUS: Mapping[str, Callable[[], bytes]] = {
    **READABLE,
    **UNREADABLE,
    **{name: partial(make, SMALL) for name, make in BOMBS.items()},
    **{f"hostile: {name}": partial(hostile_letter, text) for name, text in HOSTILE.items()},
    "hostile: all of it": lambda: hostile_letter(*HOSTILE.values()),
}


def painted(letter: Letter, width: int) -> Iterator[tuple[Form, str]]:
    for form in Form:
        for line in lay_out(Order(letter, form, width)):
            yield form, line.text


@pytest.mark.parametrize("name", CORPUS)
def test_whatever_it_is_each_form_fits_the_screen_and_steers_nothing(name: str) -> None:
    letter = read_letter(CORPUS[name]())
    shown = list(painted(letter, 78))
    assert {form for form, _ in shown} == set(Form)
    for form, text in shown:
        assert sum(width for _, width in graphemes(text)) <= 78, form
    assert [char for char in set("".join(text for _, text in shown)) if is_unfit(char)] == []


async def test_whatever_it_is_it_is_taken_in_listed_found_and_read_again() -> None:
    store = Store(None)
    sent = {name: make() for name, make in CORPUS.items()}
    mails = [
        mail(number, id=name, raw=raw, subject=HUGE if number == 1 else together())
        for number, (name, raw) in enumerate(sent.items())
    ]
    await store.upsert(mails, owned=True, as_of=store.mark())
    assert {row.id for row in store.page(ALL, 0, len(sent))} == set(sent)
    for name, raw in sent.items():
        assert await store.raw(name) == (raw or None)
        assert store.message(name) is not None
    found = await store.find(ALL, parse("readable", now=START))
    assert len(found.ids(ALL, 0, len(sent))) >= len(READABLE)
    await store.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_part_is_called_as_it_is_saved(name: str) -> None:
    letter = read_letter(hostile_letter(HOSTILE[name]))
    saved = safe_name(letter.parts[-1].name, letter.parts[-1].content_type)
    assert display_line(saved) == saved
    lines = lay_out(Order(letter, Form.PARTS, 200))
    assert saved in "".join(line.text[:196].strip() for line in lines if line.item)
