"""Listing mail at the service: as few ops as completeness allows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from sacterm.mailbox.ledger import utc_now
from sacterm.mailbox.service import Listings
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL
from sacterm.model import InboxPage, Message

PAGE = 1000  # OpenAPI 1.0.8: the most that one listing gives
_MARGIN = timedelta(minutes=10)  # the service's machines need not agree on the time of receipt
_ENOUGH = 500  # mails within that margin, if none of them is new
_OVERLAP = 25  # lines that two pages share, so that a deletion between them hides nothing
_LISTED_TO = "listed-to"  # up to this time of receipt every mail of the account has been listed
_OLDER = "older-at-service"


def has_older(store: Store) -> bool:
    """Whether the service holds older mail than was ever listed."""
    return store.meta(_OLDER) == "yes"


async def catch_up(
    service: Listings, store: Store, *, now: Callable[[], datetime] = utc_now
) -> frozenset[str]:
    """List the account's mail since the last time this was done; the ids that are new since then.

    What came by socket does not count as listed: a push says nothing of its neighbours. So the
    time from which to list moves on only when a listing is complete. It is, too, once it has met
    enough of what an earlier one has told. The very first listing is one page, of which nothing
    counts as new; :func:`older` gets what lies below it when somebody asks.
    """
    mark = store.mark()
    listed_to = store.meta(_LISTED_TO)
    first = listed_to is None
    newest = listed = datetime.fromisoformat(listed_to) if listed_to else None
    since = newest - _MARGIN if newest else None
    new: frozenset[str] = frozenset()
    async for messages, is_last in _pages(service, since=since):
        new |= await store.upsert(reversed(messages), owned=True, as_of=mark)
        listed_before = [m.id for m in messages if listed and m.received and m.received <= listed]
        times = [message.received for message in messages if message.received]
        newest = max([newest, *times] if newest else times, default=None)
        if first:
            await store.set_meta({_OLDER: "no" if is_last else "yes"})
            break
        if len(listed_before) >= _ENOUGH and new.isdisjoint(listed_before):
            break
    if newest is not None:
        newest = min(newest, now())  # mail of the future must not hide what comes
    await store.set_meta({_LISTED_TO: newest.isoformat() if newest else ""})
    return frozenset() if first else new


async def older(service: Listings, store: Store) -> frozenset[str]:
    """List one page below the oldest mail that is known; the ids that were new."""
    mark = store.mark()
    skip = max(0, store.counts(ALL).total - _OVERLAP)
    while True:
        page = await service.inbox(limit=PAGE, skip=skip)
        if skip and not store.known(message.id for message in page.messages):
            skip = max(0, skip - PAGE // 2)  # too deep: more is gone there than is known here
            continue
        new = await store.upsert(reversed(page.messages), owned=True, as_of=mark)
        if _is_last(page):
            await store.set_meta({_OLDER: "no"})
        if new or _is_last(page):
            return new
        skip += _step(page)


async def list_inbox(service: Listings, store: Store, email: str) -> frozenset[str]:
    """List one inbox, public or not; the ids that are new since it was last listed, if it was."""
    first = not any(inbox.email == email and inbox.listed for inbox in store.watched())
    mark = store.mark()
    messages = await service.messages(email, limit=PAGE)
    new = await store.upsert(reversed(messages), owned=store.is_mine(email), as_of=mark)
    await store.set_listed(email)
    return frozenset() if first else new


async def _pages(
    service: Listings, *, since: datetime | None = None
) -> AsyncIterator[tuple[tuple[Message, ...], bool]]:
    """The pages of the account's listing, newest first, and whether each is the last.

    ``skip`` counts lines of a list that changes meanwhile: arrivals push lines onto the next page
    (told twice, which is harmless), deletions pull lines off it. So each page begins a little
    above the end of the one before, and where the two do not meet it is asked for further up.
    """
    skip = 0
    last: frozenset[str] = frozenset()
    while True:
        page = await service.inbox(limit=PAGE, skip=skip, since=since)
        ids = frozenset(message.id for message in page.messages)
        if skip and not ids & last:
            skip = max(0, skip - PAGE // 2)
            continue
        oldest = min((m.received for m in page.messages if m.received), default=None)
        known_reached = bool(since and oldest and oldest < since)
        # a service that takes no notice of skip gives the same page for ever
        is_last = _is_last(page) or known_reached or ids == last
        yield page.messages, is_last
        if is_last:
            return
        last = ids
        skip += _step(page)


def _is_last(page: InboxPage) -> bool:
    return len(page.messages) < min(PAGE, page.limit or PAGE)


def _step(page: InboxPage) -> int:
    count = len(page.messages)
    return max(count - _OVERLAP, count // 2, 1)
