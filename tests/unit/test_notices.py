"""What is told of while nobody looks at the window, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import pytest

from sacterm.mailbox.session import Session
from sacterm.mailbox.status import FeedPhase
from sacterm.mailbox.store import Store
from sacterm.model import Address, Domain, MailArrived, Recipient
from sacterm.settings.options import Settings
from sacterm.tui.notices import Notices
from tests.unit.fakes import FakeWire, mail, raw
from tests.unit.hostilestrings import is_unfit, together
from tests.waiting import until

A, B, SHOP = "a@mailsac.com", "b@mailsac.com", "x@shop.example"
WEZTERM = {"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}


class Desk:
    """A session with notices, and what was sent to the terminal."""

    def __init__(self, settings: Settings) -> None:
        self.wire = FakeWire()
        self.wire.service.records = {A: Address(email=A, owner="jeff", websocket=True)}
        self.wire.service.custom_domains = [Domain(name="shop.example")]
        self.wire.service.mail = [mail(number) for number in range(20)]
        self.sent: list[str] = []
        self.session = Session(Store(None), self.wire.connect)
        self.slept: list[float] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.asked = 0
        self.comes_back = False
        self.notices = Notices(
            self.session,
            settings,
            self.sent.append,
            environ=WEZTERM,
            ask=self.ask,
            sleep=self.sleep,
        )
        self.came: list[frozenset[str]] = []
        self.session.hear_mail(self.came.append)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self.goes_on.wait()

    def ask(self, environ: Mapping[str, str]) -> None:
        self.asked += 1
        if self.comes_back:
            self.notices.look_away(False)

    @property
    def told(self) -> list[str]:
        """Title and body of each notice."""
        start, end = "\x1b]777;notify;", "\x1b\\"
        return [sent.removeprefix(start).removesuffix(end) for sent in self.sent]

    async def push(self, number: int, inbox: str = A, **fields: object) -> None:
        """A mail comes by socket."""
        self.wire.feed.put(MailArrived(mail(number, inbox, raw=raw(number), **fields)))
        await until(lambda: self.came)
        self.came.clear()

    async def list_more(self, *inboxes: str) -> None:
        """A gap is closed, in which mail of these inboxes came."""
        service = self.wire.service
        count = len(service.mail)
        service.mail += [mail(1000 + count + n, inbox) for n, inbox in enumerate(inboxes)]
        self.session.refresh()
        await until(lambda: self.came)
        self.came.clear()


@asynccontextmanager
async def desk(
    how: str = "desktop", of: tuple[str, ...] = (), searches: tuple[str, ...] = ()
) -> AsyncIterator[Desk]:
    """Everything is listed for the first time, while the window is not in front."""
    made = Desk(Settings(notices_how=how, notices_of=of))  # type: ignore[arg-type]
    for text in searches:
        await made.session.store.keep_search(text)
    made.notices.look_away(True)
    running = asyncio.create_task(made.notices.run())
    made.session.start()
    try:
        await until(lambda: made.session.status.feed is FeedPhase.LISTENING)
        await until(lambda: made.came)
        assert made.came == [frozenset()]
        made.came.clear()
        yield made
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await made.session.close()
        await made.session.store.close()


async def test_a_mail_is_told_of_by_inbox_sender_and_subject_and_no_first_listing_is() -> None:
    async with desk() as at:
        await at.push(1000, subject="Your code", sender=(Recipient("", "no-reply@acme.example"),))
        await until(lambda: at.told)
        assert at.told == [f"sacterm · {A};no-reply@acme.example: Your code"]


async def test_nothing_is_told_while_the_window_is_in_front_and_nothing_of_that_later() -> None:
    async with desk() as at:
        at.notices.look_away(False)
        await at.push(1000)
        at.notices.look_away(True)
        await at.push(1001)
        await until(lambda: at.told)
        assert at.told == [f"sacterm · {A};Acme: Subject 1001"]
        assert at.asked == 1


async def test_nothing_is_told_to_who_comes_back_just_then() -> None:
    async with desk() as at:
        at.comes_back = True
        await at.push(1000)
        await until(lambda: len(at.slept) == 2)
        assert (at.asked, at.sent) == (1, [])


async def test_what_was_not_told_when_the_window_comes_back_is_not_told_any_more() -> None:
    async with desk() as at:
        at.goes_on.clear()
        await at.list_more(A)
        await until(lambda: at.slept)
        at.notices.look_away(False)
        at.notices.look_away(True)
        await at.list_more(B)
        at.goes_on.set()
        await until(lambda: at.told)
        assert at.told == [f"sacterm · {B};Acme: Subject 1021"]


async def test_what_comes_together_is_told_of_once() -> None:
    async with desk() as at:
        at.goes_on.clear()
        await at.list_more(*[A, B, SHOP] * 4)
        await at.push(2000)
        at.goes_on.set()
        await until(lambda: at.told)
        await at.list_more(A, A)
        await until(lambda: len(at.told) == 2)
        assert at.told == ["sacterm;13 new in 3 inboxes", f"sacterm · {A};2 new"]
        gathered, rested = at.slept[:2]
        assert 0 < gathered < rested


@pytest.mark.parametrize(
    ("of", "told"),
    [
        ((B.upper(),), f"sacterm · {B};Acme: Subject 1021"),
        (("shop.example",), f"sacterm · {SHOP};Acme: Subject 1022"),
        ((B, "shop.example", "is:unread subject:1021"), "sacterm;2 new in 2 inboxes"),
        (("subject:1023",), f"sacterm · {A};Acme: Subject 1023"),
        (("is:live",), f"sacterm · {A};2 new"),
    ],
)
async def test_only_what_is_named_is_told_of(of: tuple[str, ...], told: str) -> None:
    searches = ("is:unread subject:1021", "subject:1023", "is:live")
    async with desk(of=of, searches=searches) as at:
        await at.list_more(A, B, SHOP, A)
        await until(lambda: at.told)
        assert at.told == [told]


async def test_what_was_read_elsewhere_is_nothing_new() -> None:
    async with desk() as at:
        at.wire.service.mail.append(mail(1900, read=True))
        await at.list_more(A)
        await until(lambda: at.told)
        assert at.told == [f"sacterm · {A};Acme: Subject 1021"]


async def test_the_bell_says_nothing_else_and_tmux_is_not_asked_for_it() -> None:
    async with desk("bell") as at:
        await at.push(1000)
        await until(lambda: at.sent)
        assert (at.asked, at.sent) == (0, ["\a"])


async def test_who_writes_cannot_make_it_look_like_something_else() -> None:
    async with desk() as at:
        hostile = together()
        await at.push(1000, hostile, subject=hostile, sender=(Recipient(hostile, hostile),))
        await until(lambda: at.told)
        title, separator, body = at.told[0].partition(";")
        assert title.startswith("sacterm · ")
        assert separator
        assert ";" not in body
        assert not any(map(is_unfit, title + body))
