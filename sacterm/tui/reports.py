"""What the status line and the preview say. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sacterm.mailbox.bodies import Outcome, Reading
from sacterm.mailbox.needs import Problem
from sacterm.mailbox.status import FeedPhase, Status
from sacterm.mailbox.views import Row
from sacterm.model import Message, Recipient
from sacterm.reading.styled import Look
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import marks, wording
from sacterm.tui.commands import KeyOf
from sacterm.tui.dates import Calendar
from sacterm.tui.head import Field, Head
from sacterm.tui.keymap import Keymap
from sacterm.tui.widgets.letter_view import Page

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter

Part = tuple[DisplayText, str]


def status_parts(
    status: Status,
    keymap: Keymap,
    *,
    ops: int,
    left: int | None,
    limit: int | None,
    note: DisplayText,
    narrow: bool,
    now: datetime,
    calendar: Calendar,
) -> list[Part]:
    """Text and look of each part of the status line, the most important first.

    Args:
        status: how things stand.
        keymap: the user's keys.
        ops: spent in this run.
        left: what the account has left this month, if that is known.
        limit: ops that this run may spend by itself, if that was reached.
        note: what is particular to this run.
        narrow: there is little room.
        now: the time, aware.
        calendar: how dates are written.
    """
    parts = [_connection(status, keymap, now, calendar, narrow=narrow)]
    if limit is not None:
        parts.append(
            (
                DisplayText(
                    f"· limit of {wording.plural(limit, 'op')}: {keymap.key('refresh')} asks"
                ),
                "alert",
            )
        )
    if ops:
        rest = "" if left is None else f", {wording.number(left)} left"
        run = "" if narrow else " this run"
        parts.append((DisplayText(f"· {wording.plural(ops, 'op')}{run}{rest}"), "quiet"))
    if note:
        parts.append((DisplayText(f"· {note}"), "quiet"))
    return parts


def _connection(
    status: Status, keymap: Keymap, now: datetime, calendar: Calendar, *, narrow: bool
) -> Part:
    if status.cache_problem is not None:
        return _say(_problem(status.cache_problem, keymap, now), "alert")
    if status.problem is not None:
        since = ""
        if status.problem.offline:
            when = f" since {calendar.clock(status.contact, now)}" if status.contact else ""
            since = f"offline{when} · "
        return _say(f"{since}{_problem(status.problem, keymap, now)}", "alert")
    if status.feed_problem is not None:
        return _say(f"not live · {_problem(status.feed_problem, keymap, now)}", "alert")
    if status.feed is FeedPhase.LISTENING:
        text = f"live · {status.confirmed} of {status.wanted}"
        text += "" if narrow else " confirmed"
        return _say(text, "good" if status.confirmed == status.wanted else "alert")
    if status.feed is FeedPhase.IDLE and status.online:
        turns = f"{keymap.key('toggle-live')} turns an address on"
        return _say(f"online · nothing is live: {turns}", "")
    return _say("connecting…", "quiet")


def _problem(problem: Problem, keymap: Keymap, now: datetime) -> str:
    if problem.retry_at is None:
        remedy = f"{problem.remedy} · " if problem.remedy else ""
        return f"{remedy}{keymap.key('refresh')} tries again · {problem.text}"
    seconds = max(0, round((problem.retry_at - now).total_seconds()))
    again = f"tries again in {seconds} s" if seconds else "trying again"
    return f"{again} · {problem.text}"


def _say(text: str, look: str) -> Part:
    return display_line(text, 300), look


def waits_until(status: Status) -> bool:
    """Whether the status line counts down, and so has to be painted each second."""
    problem = status.problem or status.feed_problem
    return problem is not None and problem.retry_at is not None


def page(
    message: Message,
    row: Row,
    reading: Reading | None,
    keymap: Keymap,
    now: datetime,
    calendar: Calendar,
) -> Page:
    """What the preview shows of a message.

    Args:
        message: what is known of it.
        row: its line in the list.
        reading: its body; None while it is being fetched.
        keymap: the user's keys.
        now: the time, aware.
        calendar: how dates are written.
    """
    letter = reading.letter if reading else None
    look, text = _NOTICES[reading.outcome] if reading else (Look.QUIET, "reading…")
    notice = (reading.reason if reading else "", text.format(keymap.key("open")))
    is_whole = reading is None or reading.is_whole
    return Page(
        id=row.id,
        head=_head(message, row, letter if is_whole else None, now, calendar),
        letter=letter,
        notice=tuple(display_line(line) for line in notice if line),
        look=look,
        foot=("" if letter is None else _CAME_BY[row.pushed]) if is_whole else "reading the rest…",
        tls=message.tls,
        spam=message.spam,
    )


def no_page(key: KeyOf) -> Page:
    """What the preview shows where there is no message under the cursor."""
    text = DisplayText(f"No message here · {key('help')} shows all keys")
    return Page(notice=(text,))


_NOTICES = {
    Outcome.HERE: (Look.QUIET, ""),
    Outcome.NOT_ASKED: (Look.QUIET, "{} reads this message · 1 op"),
    Outcome.GONE: (Look.QUIET, f"{marks.GONE} what is known of it stays here"),
    Outcome.OFFLINE: (Look.ALERT, "not read yet · {} tries again"),
    Outcome.FAILED: (Look.ALERT, "not read · {} tries again"),
}
_CAME_BY = {True: "0 ops · came by socket", False: "kept here · costs no more ops"}


def _head(
    message: Message, row: Row, letter: Letter | None, now: datetime, calendar: Calendar
) -> Head:
    people = _people(message.sender) or DisplayText("(nobody)")
    trust = display_line(_trust(message, letter), 60)
    date = DisplayText(calendar.moment(message.received)) if message.received else None
    size = DisplayText(wording.size(row.size))
    fields = [
        Field("from", people, trust),
        Field("to", _people(message.to) or display_line(row.original_inbox)),
        *([Field("cc", _people(message.cc))] if message.cc else []),
        *([Field("date", date, size)] if date else []),
    ]
    if row.original_inbox != row.inbox or not _is_to(message.to, row.inbox):
        fields.append(Field("inbox", display_line(row.inbox)))
    when = f" · {calendar.clock(message.received, now)}" if message.received else ""
    code = letter.code if letter else None
    return Head(
        subject=display_line(row.subject) or DisplayText("(no subject)"),
        fields=tuple(fields),
        brief=Field("", display_line(f"{people} → {row.original_inbox}{when}"), trust),
        code=display_line(code.value if code else row.code, 40),
        sure=code.sure if code else True,
        link=letter.link.target if letter and letter.link else row.link,
    )


def _trust(message: Message, letter: Letter | None) -> str:
    """How the message came, and what the receiving server found out about its sender."""
    if letter:
        from sacterm.reading.journey import summary

        if said := summary(letter.journey):
            return said
    return {None: "", True: "TLS", False: "no TLS"}[message.tls]


def _is_to(people: tuple[Recipient, ...] | None, inbox: str) -> bool:
    return any(person.address.lower() == inbox for person in people or ())


def _people(people: tuple[Recipient, ...] | None) -> DisplayText:
    shown = [_person(person) for person in (people or ())[:20]]
    more = len(people or ()) - len(shown)
    return display_line(", ".join(shown) + (f" and {more} more" if more else ""))


def _person(person: Recipient) -> str:
    return f"{person.name} <{person.address}>" if person.name else person.address
