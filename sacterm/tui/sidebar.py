"""What the sidebar lists, out of what the session knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace

from sacterm.mailbox.addresses import PUBLIC_KEEPS, keeping
from sacterm.mailbox.session import Session
from sacterm.mailbox.triage import FOLDERS
from sacterm.mailbox.views import ALL, STARRED, Counts, View, ViewKind
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui.commands import KeyOf
from sacterm.tui.widgets.address_list import Entry


def entries(session: Session, key: KeyOf, *, folders: bool = False) -> tuple[Entry, ...]:
    """All lines of the sidebar, in order, with ``folders`` or without."""
    lines = tuple(_lines(session, key, folders, session.now()))
    counts = session.store.counts_of(line.view for line in lines if line.view)
    return tuple(_counted(line, counts) for line in lines)


def _lines(session: Session, key: KeyOf, folders: bool, now: datetime) -> Iterator[Entry]:
    store = session.store
    yield _entry(session, ALL, "All mail", "All")
    yield _entry(session, STARRED, "Starred", "★")
    if folders:
        yield from _heading("FOLDERS")
        for name in dict.fromkeys((*FOLDERS, *store.folders())):
            yield _entry(session, View.folder(name), name, name)
    if searches := store.searches():
        yield from _heading("SEARCHES")
        for query in searches:
            yield _entry(session, View.search(query), query, query)
    domains = store.domains()
    catch_alls = {f"*@{domain.name}" for domain in domains}
    addresses = [address.email for address in store.addresses()]
    if plain := [email for email in addresses if email not in catch_alls]:
        yield from _heading("ADDRESSES")
        for email in plain:
            yield _address(session, email)
    if domains:
        yield from _heading("DOMAINS")
        for domain in domains:
            yield _entry(session, View.domain(domain.name), domain.name, domain.name)
            if (catch_all := f"*@{domain.name}") in addresses:
                yield _address(session, catch_all)
    if watched := store.watched():
        yield from _heading("WATCHED (public)")
        for inbox in watched:
            yield _address(session, inbox.email)
            if not store.is_mine(inbox.email):
                yield from _kept(session, inbox.email, now)
    if not addresses and not domains and not watched:
        yield from _heading("NO ADDRESSES YET")
        yield _note(f"{key('open-inbox')}  any inbox by its address")


def _address(session: Session, email: str) -> Entry:
    local = email.partition("@")[0]
    return _entry(session, View.inbox(email), email, email if local == "*" else local)


def _kept(session: Session, email: str, now: datetime) -> Iterator[Entry]:
    rows = session.store.page(View.inbox(email), 0, PUBLIC_KEEPS)
    if found := keeping(rows, now):
        yield _note(f"  {found.kept} · {found.left} left")


def _entry(session: Session, view: View, name: str, short: str) -> Entry:
    return Entry(
        view=view,
        name=display_line(name, 320),
        short=display_line(short, 40),
        mark=session.liveness(view.name) if view.kind in _HAS_MARK else None,
        changing=session.addresses.pending(view.name) if view.kind is ViewKind.INBOX else None,
    )


_HAS_MARK = (ViewKind.INBOX, ViewKind.DOMAIN)


def _counted(line: Entry, counts: Mapping[View, Counts]) -> Entry:
    if line.view is None:
        return line
    found = counts[line.view]
    count = found.total if line.view == STARRED else found.unread
    return replace(line, unread=found.unread, count=count)


def _heading(text: str) -> Iterator[Entry]:
    yield _note("")
    yield _note(text)


def _note(text: str) -> Entry:
    return Entry(None, DisplayText(text), DisplayText(text))
