"""What the sidebar lists, out of what the session knows. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from sacterm.mailbox.session import Session
from sacterm.mailbox.views import ALL, STARRED, View, ViewKind
from sacterm.model import Liveness
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui.widgets.address_list import Entry


def entries(session: Session) -> tuple[Entry, ...]:
    """All lines of the sidebar, in order."""
    return tuple(_entries(session))


def _entries(session: Session) -> Iterator[Entry]:
    store = session.store
    yield _entry(session, ALL, "All mail", "All")
    yield _entry(session, STARRED, "Starred", "★")
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
            view, name = View.domain(domain.name), domain.name
            yield _entry(session, view, name, name, session.liveness(name))
            if (catch_all := f"*@{name}") in addresses:
                yield _address(session, catch_all)
    if watched := store.watched():
        yield from _heading("WATCHED (public)")
        for inbox in watched:
            yield _address(session, inbox.email)
    if not addresses and not domains and not watched:
        yield from _heading("NO ADDRESSES YET")
        yield from (_note("n  a new test address"), _note("o  any inbox by its address"))


def _address(session: Session, email: str) -> Entry:
    local = email.partition("@")[0]
    short = email if local == "*" else local
    return _entry(session, View.inbox(email), email, short, session.liveness(email))


def _entry(
    session: Session, view: View, name: str, short: str, mark: Liveness | None = None
) -> Entry:
    counts = session.store.counts(view)
    return Entry(
        view=view,
        name=display_line(name, 320),
        short=display_line(short, 40),
        unread=counts.unread,
        count=counts.total if view == STARRED else counts.unread,
        mark=mark,
        changing=session.pending(view.name) if view.kind is ViewKind.INBOX else None,
    )


def _heading(text: str) -> Iterator[Entry]:
    yield _note("")
    yield _note(text)


def _note(text: str) -> Entry:
    return Entry(None, DisplayText(text), DisplayText(text))
