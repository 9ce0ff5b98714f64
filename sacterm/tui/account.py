"""What is known of the account, as lines. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len

from sacterm.mailbox.pace import (
    Pace,
    midnight,
    month_begins,
    month_ends,
    pace_of_day,
    pace_of_month,
)
from sacterm.mailbox.views import Arrived
from sacterm.model import Account, AccountStats
from sacterm.reading.cells import fit
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import charts, wording
from sacterm.tui.dates import Calendar

HOURS = 24  # that arrivals are shown of
_LABEL, _NUMBER, _PERCENT = 13, 10, 7  # cells
_LEAST = 60
_INBOXES = 6  # of those that got most
_KINDS = {
    "me": "account",
    "stats": "account: what is stored",
    "addresses": "addresses, all",
    "address": "one address",
    "availability": "is an address free",
    "reserve": "reserved addresses",
    "release": "released addresses",
    "forwarding": "forwarding changed",
    "domains": "domains",
    "list": "listings",
    "search": "searches",
    "message": "one message looked at",
    "raw": "messages read",
    "star": "stars",
    "read": "read marks",
    "folder": "moves",
    "label": "labels",
    "delete": "deletions",
    "purge": "purges",
    "validate": "address checks",
    "send": "test messages",
}


class Figures(Struct, frozen=True, kw_only=True):
    """What is known of the account, by the service and by the store.

    Attributes:
        now: aware.
        account: as last told; None: never.
        account_told: when, if that is known.
        stats: as last told; None: never.
        stats_told: when.
        used: ops of this month, reckoned on from what was told in this run; None: not told in it.
        asked_today: ops that this run has spent today.
        kept: messages of the account that are known here.
        starred: those of them with a star.
        reserved: addresses.
        domains: of the account.
        labels: names, untrusted.
        arrived: mail of the last :data:`HOURS` hours.
        run: ops of this run, by kind.
        month: ops spent from here in this month, by kind.
        calendar: how dates are written.
    """

    now: datetime
    account: Account | None = None
    account_told: datetime | None = None
    stats: AccountStats | None = None
    stats_told: datetime | None = None
    used: int | None = None
    asked_today: int = 0
    kept: int = 0
    starred: int = 0
    reserved: int = 0
    domains: int = 0
    labels: tuple[str, ...] = ()
    arrived: Sequence[Arrived] = ()
    run: Mapping[str, int] = {}
    month: Mapping[str, int] = {}
    calendar: Calendar = Calendar()

    @property
    def ops_used(self) -> int | None:
        """Ops of this month, as well as is known; None: nothing is."""
        told = self.account_told
        if self.used is not None:
            return max(0, self.used)
        if self.account is None or self.account.ops_used is None or told is None:
            return None
        return max(0, self.account.ops_used) if told >= month_begins(self.now) else None

    @property
    def ops_limit(self) -> int | None:
        """Ops of a month."""
        return _limit(self.account.ops_limit if self.account else None)


def hours_shown(now: datetime) -> tuple[int, int]:
    """The hours to show arrivals of: the first, and the one after the last; since 1970, UTC."""
    until = _hour(now) + 1
    return until - HOURS, until


def lines(figures: Figures, width: int, signs: charts.Signs) -> list[Line]:
    """All of it, none wider than ``width`` cells, or than 60 where that is less."""
    width = max(width, _LEAST)
    parts = (
        _troubles(figures, width),
        _ops(figures, width, signs),
        _stored(figures, width, signs),
        _plan(figures, width),
        _arrivals(figures, width, signs),
        _ledger(figures, width),
    )
    shown = [list(part) for part in parts]
    return [line for part in shown if part for line in (*part, Line())][:-1]


def _troubles(figures: Figures, width: int) -> Iterator[Line]:
    if (account := figures.account) is None:
        return
    for what, why in (
        ("disabled", account.disabled),
        ("on hold for its bill", account.billing_hold),
    ):
        if why:
            said = f": {why}" if why != "yes" else ""
            yield _line(f"! The account is {what}{said} · see mailsac.com", Look.ALERT, width)


def _ops(figures: Figures, width: int, signs: charts.Signs) -> Iterator[Line]:
    now, used, limit = figures.now, figures.ops_used, figures.ops_limit
    again = f"begins anew on {figures.calendar.day(month_ends(now))}, UTC"
    yield _heading("OPS THIS MONTH", again, width)
    if used is None:
        known = f" · the limit is {wording.number(limit)}" if limit else ""
        yield _row("used", None, f"for this month yet{known}", width)
        return
    remark = "without a limit that Mailsac tells"
    if limit:
        full, rest = charts.gauge(used, limit, width - _PERCENT, signs)
        yield _spans((full, Look.PLAIN), (rest, Look.QUIET), (_percent(used, limit), Look.PLAIN))
        left = f"{wording.number(limit - used)} left" if used < limit else "none are left"
        remark = f"of {wording.number(limit)} · {left}"
    yield _row("used", used, remark, width)
    month = pace_of_month(used, limit, now)
    leads = _leads(month, used, limit, figures.calendar)
    yield _row("pace", round(month.daily), f"a day this month{leads}", width)
    came = sum(one.mails for one in figures.arrived if one.hour >= _hour(midnight(now)))
    today = came + figures.asked_today
    asked = wording.number(figures.asked_today)
    yield _row(
        "today", today, f"{wording.plural(came, 'mail')} came, {asked} asked in this run", width
    )
    day = pace_of_day(today, used, limit, now)
    leads = _leads(day, used, limit, figures.calendar)
    yield _row("pace", round(day.daily), f"a day as today{leads}", width)
    if figures.stats and figures.stats.last_month_ops is not None:
        yield _row("last month", figures.stats.last_month_ops, "", width)


def _leads(pace: Pace, used: int, limit: int | None, calendar: Calendar) -> str:
    if limit is None or used >= limit:
        return ""
    if pace.runs_out is None:
        return f" · lasts: {wording.number(pace.by_end)} by the end"
    return f" · runs out on {calendar.day(pace.runs_out)}"


def _stored(figures: Figures, width: int, signs: charts.Signs) -> Iterator[Line]:
    stats, limit = figures.stats, _limit(figures.account.message_limit if figures.account else None)
    of = f"of {wording.number(limit)}" if limit else ""
    if stats is None or figures.stats_told is None:
        yield _heading("STORED", "known here: Mailsac has not told", width)
        yield _row("messages", figures.kept, of, width)
        yield _row("starred", figures.starred, "", width)
        return
    yield _heading(
        "STORED", f"told at {figures.calendar.clock(figures.stats_told, figures.now)}", width
    )
    if limit and stats.stored is not None:
        full, rest = charts.gauge(stats.stored, limit, 20, signs)
        of = f"{of:<14}{full}{rest}{_percent(stats.stored, limit)}"
    yield _row("messages", stats.stored, of, width)
    yield _row("starred", stats.starred, "of them, and kept when the oldest go", width)
    if stats.inbox_bytes is not None:
        yield _row("size", wording.size(max(0, stats.inbox_bytes)), "", width)


def _plan(figures: Figures, width: int) -> Iterator[Line]:
    yield _heading("ACCOUNT", "", width)
    credits = figures.account.address_credits if figures.account else None
    yield _row("credits", credits, "more addresses can be reserved", width)
    domains = f"and {wording.plural(figures.domains, 'domain')}" if figures.domains else ""
    yield _row("addresses", figures.reserved, domains, width)
    yield _row("labels", len(figures.labels), ", ".join(figures.labels), width)


def _arrivals(figures: Figures, width: int, signs: charts.Signs) -> Iterator[Line]:
    first, until = hours_shown(figures.now)
    by_hour, by_inbox = Counter[int](), Counter[str]()
    for one in figures.arrived:
        by_hour[one.hour] += one.mails
        by_inbox[one.inbox] += one.mails
    values = [by_hour[hour] for hour in range(first, until)]
    total = sum(values)
    most = f", {wording.number(max(values))} in the busiest hour" if total else ""
    yield _heading("ARRIVALS", f"{wording.plural(total, 'message')} in {HOURS} h{most}", width)
    if not total:
        yield _line("no mail of the account came in that time", Look.QUIET, width)
        return
    yield _spans((charts.sparkline(values, width, signs), Look.PLAIN))
    half = width // 2
    axis = f"{f'{HOURS} h ago':<{half}}{f'{HOURS // 2} h ago':<{width - half - 3}}now"
    yield _spans((axis, Look.QUIET))
    ranked = by_inbox.most_common()
    names = [(display_line(inbox, 320), count) for inbox, count in ranked[:_INBOXES]]
    if others := ranked[_INBOXES:]:
        name = wording.plural(len(others), "other inbox", "other inboxes")
        names.append((DisplayText(name), sum(count for _, count in others)))
    label = min(max(cell_len(name) for name, _ in names), width // 2)
    longest = max(count for _, count in names)
    for name, count in names:
        drawn = charts.bar(count, longest, width - label - _NUMBER - 2, signs)
        yield _spans(
            (fit(name, label), Look.PLAIN),
            (fit(wording.number(count), _NUMBER, right=True) + "  ", Look.PLAIN),
            (drawn, Look.PLAIN),
        )


def _ledger(figures: Figures, width: int) -> Iterator[Line]:
    columns = f"{'this run':>{_NUMBER}}  {'this month':>{_NUMBER}}"
    yield _heading("OPS SPENT FROM HERE, BY KIND", columns, width)
    kinds = figures.run.keys() | figures.month.keys()
    spent = {kind: (figures.run.get(kind, 0), figures.month.get(kind, 0)) for kind in kinds}
    for kind in sorted(kinds, key=lambda kind: (-spent[kind][1], -spent[kind][0], kind)):
        yield _counts(_KINDS.get(kind, kind), *spent[kind], Look.PLAIN, width)
    run, month = (sum(column.values()) for column in (figures.run, figures.month))
    yield _counts("ops in all", run, month, Look.STRONG, width)


def _counts(name: str, run: int, month: int, look: Look, width: int) -> Line:
    shown = "  ".join(
        fit(wording.number(n) if n else "·", _NUMBER, right=True) for n in (run, month)
    )
    return _edged(name, look, shown, look, width)


def _heading(title: str, aside: str, width: int) -> Line:
    return _edged(title, Look.HEADING, aside, Look.QUIET, width)


def _edged(text: str, look: Look, aside: str, aside_look: Look, width: int) -> Line:
    """A text, and something at the right edge."""
    aside = fit(aside, min(cell_len(aside), width))
    name = fit(display_line(text, 320), width - cell_len(aside))
    return _spans((name, look), (aside, aside_look))


def _row(label: str, value: int | str | None, remark: str, width: int) -> Line:
    """What it is, how much, aligned on the right, and what there is to say of it."""
    number = wording.number(value) if isinstance(value, int) else value or "not told"
    room = width - _LABEL - _NUMBER - 2
    return _spans(
        (fit(label, _LABEL), Look.QUIET),
        (fit(number, _NUMBER, right=True), Look.PLAIN if value is None else Look.STRONG),
        ("  " + fit(display_line(remark, 2_000), room).rstrip(), Look.PLAIN),
    )


def _line(text: str, look: Look, width: int) -> Line:
    return _spans((fit(display_line(text, 2_000), width).rstrip(), look))


def _spans(*pieces: tuple[str, Look]) -> Line:
    """A line of what is safe already."""
    return Line(tuple(Span(DisplayText(text), look) for text, look in pieces if text))


def _percent(part: int, whole: int) -> str:
    return f"{charts.percent(part, whole):>{_PERCENT}}"


def _limit(told: int | None) -> int | None:
    return told if told and told > 0 else None


def _hour(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600
