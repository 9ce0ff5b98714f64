"""The mail of ``sacterm demo``: what software under test would send to a tester's inboxes.

The texts are in ``samples.toml``; here they are dealt out over inboxes, ages and states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from random import Random
from typing import NamedTuple

from sacterm.sandbox.catalogue import Catalogue, Template, load
from sacterm.sandbox.composer import write

ACCOUNT = "jeff"
DOMAIN = "shop.msdc.co"
CATCH_ALL = f"*@{DOMAIN}"
PUBLIC_INBOX = "try-mf3k2a@mailsac.com"

_HOUR = 3_600.0
_DAY = 24 * _HOUR

_NEWEST = 20  # how many came within the last hour
_OLDEST = 60 * _DAY
# The service keeps public mail for four days: what is shown there must be younger.
_PUBLIC_AGE = 2 * _DAY
# Of 200 mails, how many are of a group that does not come every day.
_SPECIAL = {"spam": 3, "odd": 11, "heavy": 2}


class SampleAddress(NamedTuple):
    """A reserved address of the demo account, with its forwarding record."""

    email: str
    websocket: bool
    info: str
    forward: str


ADDRESSES: tuple[SampleAddress, ...] = (
    SampleAddress("signup@mailsac.com", True, "sign-up and sign-in flows", ""),
    SampleAddress("reset@mailsac.com", True, "password resets", ""),
    SampleAddress("billing@mailsac.com", True, "invoices", "accounting@msdc.example"),
    SampleAddress("qa-7@mailsac.com", False, "everything CI sends", ""),
)


class Sample(NamedTuple):
    """One mail and what the mailbox knows of it.

    Attributes:
        to: the address it was sent to, plus-tag and all.
        raw: the whole message.
        age: seconds before now that it came.
        spam: the filter's score, 0 to 1.
    """

    to: str
    raw: bytes
    age: float
    starred: bool
    read: bool
    labels: tuple[str, ...]
    spam: float
    folder: str


def samples(count: int = 200, *, seed: int = 1, now: datetime) -> list[Sample]:
    """Mail as it would lie in the demo's inboxes, newest first.

    Of 200, about 30 are unread, 4 starred, 3 spam, 11 odd or hostile, and 2 large; 5 lie in the
    public inbox. Other counts keep the proportions.

    Args:
        count: how many.
        seed: the same count, seed and ``now`` give the same mail.
        now: aware; mail is dated before it.
    """
    rng = Random(seed)  # noqa: S311 - must repeat, guards nothing
    catalogue = load()
    ages = _ages(rng, count)
    hand = _hand(rng, catalogue, count)
    everyday = [i for i, template in enumerate(hand) if not template.group]
    unread = _recent(rng, range(count), -(-count * 3 // 20))
    starred = _recent(rng, [i for i in everyday if hand[i].star], count // 50)
    labelled = _recent(rng, [i for i in everyday if hand[i].label], count // 12)
    young = [i for i in everyday if i >= len(catalogue.front) and ages[i] < _PUBLIC_AGE]
    public = _recent(rng, [i for i in young if hand[i].to == "signup"], min(5, count // 40))
    return [
        _sample(
            rng,
            catalogue,
            template,
            inbox="public" if i in public else template.to,
            now=now,
            age=age,
            starred=i in starred,
            read=i not in unread,
            labels=(template.label,) if i in labelled else (),
        )
        for i, (template, age) in enumerate(zip(hand, ages, strict=True))
    ]


def fresh(*, seed: int = 1, now: Callable[[], datetime]) -> Iterator[Sample]:
    """Everyday mail without end, each dated when it is asked for.

    Args:
        seed: the same seed and clock give the same mail.
        now: the time, aware.
    """
    rng = Random(f"fresh {seed}")  # noqa: S311 - must repeat, guards nothing
    catalogue = load()
    for template in _deck(rng, catalogue.mail.values()):
        yield _sample(rng, catalogue, template, inbox=template.to, now=now())


def _ages(rng: Random, count: int) -> list[float]:
    """Ascending: the first within an hour, the rest ever thinner down to two months."""
    steps = [i + 0.8 * rng.random() for i in range(count)]
    new = [20 + 0.95 * _HOUR * (step / _NEWEST) ** 1.6 for step in steps[:_NEWEST]]
    tail = max(1, count - _NEWEST)
    return new + [_HOUR * (_OLDEST / _HOUR) ** ((s - _NEWEST) / tail) for s in steps[_NEWEST:]]


def _deck(rng: Random, templates: Iterable[Template]) -> Iterator[Template]:
    """Everyday mail without end: each round has every template by its weight, shuffled."""
    cards = [t for t in templates if not t.group for _ in range(t.weight)]
    while True:
        rng.shuffle(cards)
        yield from cards


def _hand(rng: Random, catalogue: Catalogue, count: int) -> list[Template]:
    """What the inboxes hold: the chosen front, then special and everyday mail mixed."""
    mail = catalogue.mail
    front = [mail[key] for key in catalogue.front[:count]]
    rest: list[Template] = []
    for group, share in _SPECIAL.items():
        members = cycle([template for template in mail.values() if template.group == group])
        rest += islice(members, count * share // 200)
    rest = [template for template in rest if template not in front]
    rest += islice(_deck(rng, mail.values()), count - len(front) - len(rest))
    rng.shuffle(rest)
    return front + rest


def _recent(rng: Random, indexes: Sequence[int], count: int) -> set[int]:
    """So many of the indexes, the low ones likelier."""
    return set(sorted(indexes, key=lambda index: (index + 10) * rng.random())[:count])


def _address(rng: Random, catalogue: Catalogue, template: Template, inbox: str, local: str) -> str:
    if inbox == "public":
        return PUBLIC_INBOX
    if inbox == "shop":
        return f"{local}{rng.choice(('', '', rng.randrange(2, 90)))}@{DOMAIN}"
    # Whoever sends odd mail and spam does not know the tags of a test run.
    tag = "" if template.group else rng.choice(("", f"+{rng.choice(catalogue.tags)}"))
    return f"{inbox}{tag}@mailsac.com"


def _sample(
    rng: Random,
    catalogue: Catalogue,
    template: Template,
    *,
    inbox: str,
    now: datetime,
    age: float = 0.0,
    starred: bool = False,
    read: bool = False,
    labels: tuple[str, ...] = (),
) -> Sample:
    name, local = rng.choice(catalogue.locales[template.lang].people)
    to = _address(rng, catalogue, template, inbox, local)
    when = now - timedelta(seconds=age)
    return Sample(
        to=to,
        raw=write(catalogue, template, rng, name=name, to=to, when=when),
        age=age,
        starred=starred,
        read=read,
        labels=labels,
        spam=template.spam or round(0.2 * rng.random() ** 3, 3),
        folder="spam" if template.group == "spam" else "inbox",
    )
