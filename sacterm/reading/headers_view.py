"""The header of a message as lines for the screen: its journey, then its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from sacterm.reading.cells import cell_len, fit, flow
from sacterm.reading.headers import decode_words, read_message_header, unfold
from sacterm.reading.journey import UNCHECKED, Hop, Verdict, read_journey
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_line

MAX_VALUE: Final = 8_000
"""Characters of a field's value that are shown."""

_MAX_SENT: Final = 1_000  # characters of a value as sent, where decoding changed it
_NARROW: Final = 60  # cells below which values stand under their names
_LONGEST_NAME: Final = 26  # cells beside a value: Content-Transfer-Encoding fits
_SLOW: Final = 60  # seconds from which a delay is worth a look
_LEAST_ROOM: Final = 24  # cells for the two names of a hop
_ARROW: Final = DisplayText(" → ")
_RESULT_LOOKS: Final = {
    "pass": Look.GOOD,
    **dict.fromkeys(("fail", "softfail", "permerror", "temperror"), Look.ALERT),
}


def lines(
    raw: bytes, *, wanted: str, width: int, tls: bool | None = None, spam: float | None = None
) -> list[Line]:
    """The journey of a message, what was found out about it, and its header fields in order.

    Args:
        raw: the message.
        wanted: only the fields that have this in their name or value, in any case, and no journey;
            "" for all.
        width: in cells, at least 20.
        tls: whether the service received it encrypted, as it says.
        spam: the service's score, from 0 to 1.
    """
    header = read_message_header(raw)
    needle = wanted.casefold()
    fields = []
    for name, value in header.fields:
        sent = unfold(value)
        decoded = decode_words(sent)
        if any(needle in text.casefold() for text in (name, decoded, sent)):
            fields.append((name, decoded, sent))
    shown: list[Line] = []
    if not wanted:
        shown += _journey(raw, width, tls, spam)
        if shown:
            shown.append(Line())
    if not fields:
        said = f"no header field has “{wanted}” in it" if wanted else "there are no header fields"
        shown += _hang((), display_line(said), width, Look.QUIET)
    indent = 2
    if width >= _NARROW and fields:
        indent += min(max(len(name) for name, _, _ in fields), _LONGEST_NAME)
    for name, decoded, sent in fields:
        shown += _field(name, decoded, sent, indent, width)
    for problem in header.problems:
        shown += _hang((), display_line(problem), width, Look.ALERT)
    return shown


def _field(name: str, decoded: str, sent: str, indent: int, width: int) -> Iterator[Line]:
    below = Span(DisplayText(" " * indent))
    if len(name) > indent - 2:
        yield from _hang((), display_line(name), width, Look.QUIET)
        beside = below
    else:
        beside = Span(display_line(f"{name:<{indent}}"), Look.QUIET)
    yield from _hang([beside], display_line(decoded, MAX_VALUE), width)
    if len(decoded) > MAX_VALUE:
        rest = DisplayText(f"cut: {len(decoded) - MAX_VALUE:,} characters more")
        yield from _hang([below], rest, width, Look.ALERT)
    if sent != decoded:
        as_sent = Span(DisplayText(f"{below.text}as sent  "), Look.QUIET)
        yield from _hang([as_sent], display_line(sent, _MAX_SENT), width, Look.QUIET)


def _journey(raw: bytes, width: int, tls: bool | None, spam: float | None) -> Iterator[Line]:
    journey = read_journey(raw)
    if journey.hops:
        hops = "1 hop" if len(journey.hops) == 1 else f"{len(journey.hops)} hops"
        total = "" if journey.total is None else f" in {_duration(journey.total)}"
        yield from _hang((), DisplayText(hops + total), width, Look.QUIET)
        yield from _hops(journey.hops, width)
    trusted = journey.trusted
    for (by, _), verdicts in groupby(
        journey.verdicts, key=lambda verdict: (verdict.by, verdict.result == UNCHECKED)
    ):
        yield from _verdicts(list(verdicts), width, is_trusted=by == trusted[0].by)
    service = [] if tls is None else ["came over TLS" if tls else "came without TLS"]
    if spam is not None:
        service.append(f"spam {spam:.2f} of 1")
    for name, said in (("service says  ", " · ".join(service)), ("headers say   ", journey.spam)):
        if said:
            label = Span(DisplayText(name), Look.QUIET)
            yield from _hang([label], display_line(said), width)


def _hops(hops: Sequence[Hop], width: int) -> Iterator[Line]:
    """One line a hop: whence and where to, and in columns on the right how and how slowly."""
    ways = [
        (display_line(hop.sender or hop.ip or "–"), display_line(hop.by or "–")) for hop in hops
    ]
    hows = [
        (
            display_line(hop.protocol, 21),
            DisplayText({True: "TLS", False: "no TLS", None: ""}[hop.tls]),
            DisplayText("" if hop.delay is None else _duration(hop.delay, "+")),
        )
        for hop in hops
    ]
    columns = [max(map(cell_len, column)) for column in zip(*hows, strict=True)]
    room = width - len(_ARROW) - 2 - sum(2 + column for column in columns if column)
    senders, servers = (max(map(cell_len, names)) for names in zip(*ways, strict=True))
    left = min(senders, max(room // 2, room - servers))
    right = min(servers, room - left)
    for hop, (sender, server), how in zip(hops, ways, hows, strict=True):
        if room < _LEAST_ROOM:
            way = DisplayText(sender + _ARROW + server)
            said = DisplayText(" · ".join(filter(None, how)))
            yield from _hang([Span(DisplayText("  "))], way, width)
            yield from _hang([Span(DisplayText("    "))], said, width, Look.QUIET)
            continue
        spans = [
            Span(DisplayText(f"  {fit(sender, left)}")),
            Span(_ARROW, Look.QUIET),
            Span(DisplayText(fit(server, right))),
        ]
        looks = (Look.QUIET, Look.GOOD if hop.tls else Look.PLAIN, _delay_look(hop.delay))
        for place, (text, column, look) in enumerate(zip(how, columns, looks, strict=True)):
            if column:
                cell = fit(text, column, right=place == 2)
                spans.append(Span(DisplayText(f"  {cell}"), look))
        yield Line(tuple(spans))


def _delay_look(delay: float | None) -> Look:
    if delay is None or 0 <= delay < _SLOW:
        return Look.QUIET
    return Look.STRONG if delay > 0 else Look.ALERT


def _duration(seconds: float, plus: str = "") -> str:
    sign = plus if seconds >= 0 else "−"
    seconds = abs(seconds)
    if seconds < 10 and seconds % 1:
        return f"{sign}{seconds:.1f} s"
    for unit, length in (("s", 1), ("min", 60), ("h", 3_600)):
        if seconds < 100 * length:
            return f"{sign}{seconds / length:.0f} {unit}"
    return f"{sign}{seconds / 86_400:,.0f} d"


def _verdicts(verdicts: Sequence[Verdict], width: int, *, is_trusted: bool) -> Iterator[Line]:
    by = verdicts[0].by or "a server without a name"
    if verdicts[0].result == UNCHECKED:
        said = "signed, checked by nobody"
    elif is_trusted:
        said = f"checked by {by}"
    else:
        said = f"claimed by {by}: anyone can have written that"
    yield from _hang((), display_line(said), width, Look.QUIET)
    most, gap = (12, "  ") if width >= _NARROW else (6, " ")
    methods = min(most, max(len(verdict.method) for verdict in verdicts))
    results = min(most, max(len(verdict.result) for verdict in verdicts))
    for verdict in verdicts:
        head = (
            Span(DisplayText(f"  {fit(verdict.method, methods)}{gap}")),
            Span(
                DisplayText(f"{fit(verdict.result, results)}{gap}"),
                _RESULT_LOOKS.get(verdict.result, Look.PLAIN),
            ),
        )
        yield from _hang(head, display_line(verdict.about), width)


def _hang(
    head: Sequence[Span], text: DisplayText, width: int, look: Look = Look.PLAIN
) -> list[Line]:
    """A text, wrapped right of what heads its first line."""
    below = Span(DisplayText(" " * sum(cell_len(span.text) for span in head)))
    return flow([Span(text, look)], width, first=head, rest=[below])
