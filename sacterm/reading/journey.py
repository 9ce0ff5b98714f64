"""How a message came: the servers on its way, and what they found out about its sender.

Each server writes its own fields above what it was given. So anyone can forge all that stands
below the fields of the receiving server, and nothing here is proof but what that one says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_address
from itertools import groupby, islice
from typing import Final

from msgspec import Struct

from sacterm.reading.headers import Header, read_message_header, unfold

_MAX_HOPS: Final = 100
_MAX_VERDICTS: Final = 50
_MAX_VALUE: Final = 4_000  # characters of a field that are read
_MAX_WORD: Final = 255  # characters of what is found there; a host name's limit

_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|\\.|[();]|[^"\\();]++|["\\]', re.DOTALL)
_CLAUSE: Final = re.compile(r"(?:^|(?<=\s))(from|by|via|with|id|for)\s+", re.IGNORECASE)
_BY: Final = re.compile(r"(?:^|\s)by\s", re.IGNORECASE)
_IP: Final = re.compile(
    r"[\[(](?:IPv6:)?([0-9a-f:.]{3,45})[\])]|(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.])",
    re.IGNORECASE | re.ASCII,
)
_PROTOCOL: Final = re.compile(r"(?:UTF8)?(?:E?SMTP|LMTP|HTTP)(S?)A?")
_TLS: Final = re.compile(r"\b(?:using |version=)(?:TLS|SSL)", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\b(\d{1,2}) +(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,9} +(\d{2,4}) +"
    r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)? *(?:([+-])(\d{2})(\d{2})|([A-Z]{1,4}))?",
    re.IGNORECASE | re.ASCII,
)
_MONTHS: Final = "janfebmaraprmayjunjulaugsepoctnovdec"
_ZONES: Final = {  # RFC 5322, 4.3: hours
    **{"EDT": -4, "EST": -5, "CDT": -5, "CST": -6},
    **{"MDT": -6, "MST": -7, "PDT": -7, "PST": -8},
}

_WORD: Final = re.compile(r"[A-Za-z]{1,20}")
_RESULT: Final = re.compile(r"\s*([\w-]{1,20})\s*(?:/\s*\d+\s*)?=\s*([\w-]{1,20})", re.ASCII)
_PROPERTY: Final = re.compile(r'(?<!\S)(?:[a-z]+\.)?([\w-]+)\s*=\s*("[^"]*"|\S+)', re.ASCII)
_DOMAINS: Final = ("d", "i", "mailfrom", "envelope-from", "from", "helo")
_SUMMED_UP: Final = ("spf", "dkim", "dmarc")
_SPAM: Final = (
    *("x-spam-status", "x-spam-flag", "x-spam-score", "x-spamd-result", "x-rspamd-score"),
    "x-ms-exchange-organization-scl",
)

UNCHECKED: Final = "unchecked"
"""The result for a signature that no server speaks of."""


class Hop(Struct, frozen=True):
    """One server that took the message, as its own ``Received`` says. Untrusted text.

    Attributes:
        by: the server.
        sender: what the client called itself, or "".
        ip: the client's address, or "".
        protocol: such as "ESMTPS", or "".
        tls: whether the message came encrypted; None where nothing is said of it.
        at: when; aware.
        delay: seconds since the hop before; negative where clocks disagree.
    """

    by: str
    sender: str = ""
    ip: str = ""
    protocol: str = ""
    tls: bool | None = None
    at: datetime | None = None
    delay: float | None = None


class Verdict(Struct, frozen=True):
    """What a server found out by one method. Untrusted text, but for method and result.

    Attributes:
        method: "spf", "dkim", "dmarc", "arc" …, in lower case.
        result: "pass", "fail", "none" …, in lower case, or :data:`UNCHECKED`.
        about: domain, selector and reason, as far as they are told.
        by: the server's name (authserv-id), or "".
    """

    method: str
    result: str
    about: str = ""
    by: str = ""


class Journey(Struct, frozen=True):
    """The way of a message.

    Attributes:
        hops: in the order of travel.
        verdicts: in the order of the header: the receiving server's first. Those by another
            name than the first's can be the sender's own words.
        spam: what spam filters on the way wrote, or "". Untrusted.
        total: seconds from the first hop to the last.
    """

    hops: tuple[Hop, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    spam: str = ""
    total: float | None = None

    @property
    def trusted(self) -> tuple[Verdict, ...]:
        """The verdicts by the receiving server, or by who claims to be it.

        RFC 8601, 5: it removes what others wrote in its name.
        """
        return tuple(verdict for verdict in self.verdicts if verdict.by == self.verdicts[0].by)


def read_journey(raw: bytes) -> Journey:
    """Read the journey from the header of a raw message. Never raises."""
    header = read_message_header(raw)
    hops: list[Hop] = []
    for value in reversed(_values(header, "received")[:_MAX_HOPS]):
        hops.append(_read_hop(value, hops[-1].at if hops else None))
    times = [hop.at for hop in hops if hop.at]
    return Journey(
        hops=tuple(hops),
        verdicts=tuple(islice(_read_verdicts(header), _MAX_VERDICTS)),
        spam=" · ".join(
            f"{name}: {unfold(value)[:200].partition(' tests=')[0].partition(';')[0]}"
            for name, value in header.fields
            if name.lower() in _SPAM
        ),
        total=(times[-1] - times[0]).total_seconds() if len(times) > 1 else None,
    )


def summary(journey: Journey) -> str:
    """How it came and the trusted verdicts in a few words: ``TLS · spf dkim dmarc pass``.

    TLS is told of the last hop from another server: later ones are within the receiving one. Of
    two signatures one that passes is enough (RFC 6376, 6.1). "" where nothing is known.
    """
    results: dict[str, str] = {}
    for verdict in journey.trusted:
        if verdict.method in _SUMMED_UP and verdict.result != UNCHECKED:
            if verdict.result == "pass":
                results[verdict.method] = "pass"
            results.setdefault(verdict.method, verdict.result)
    pieces = [
        f"{' '.join(method for method, _ in same)} {result}"
        for result, same in groupby(results.items(), key=lambda item: item[1])
    ]
    tls = next((hop.tls for hop in reversed(journey.hops) if hop.sender), None)
    if tls is not None:
        pieces.insert(0, "TLS" if tls else "no TLS")
    return " · ".join(pieces)


def _values(header: Header, name: str) -> list[str]:
    return [unfold(raw) for field, raw in header.fields if field.lower() == name]


def _split(value: str) -> list[tuple[str, str]]:
    """What semicolons separate: of each clause the text outside of comments, and that inside."""
    clauses: list[tuple[list[str], list[str]]] = [([], [])]
    depth = 0
    for piece in _PIECE.findall(value[:_MAX_VALUE]):
        if piece in "()":
            clauses[-1][depth > 0].append(" ")  # as white space, so say the grammars
            depth = max(0, depth + (1 if piece == "(" else -1))
        elif piece == ";" and not depth:
            clauses.append(([], []))
        else:
            clauses[-1][depth > 0].append(piece)
    return [("".join(outside), "".join(inside)) for outside, inside in clauses]


def _read_hop(value: str, before: datetime | None) -> Hop:
    way, _, date = value.rpartition(";")
    way = way or value
    pieces = _split(way)
    outside = " ".join(outside for outside, _ in pieces)
    comments = " ".join(inside for _, inside in pieces)
    _, *found = _CLAUSE.split(outside)
    clauses: dict[str, list[str]] = {}
    for name, words in zip(found[::2], found[1::2], strict=True):
        clauses.setdefault(name.lower(), words.split())
    protocol, tls = _read_protocol(clauses.get("with", []), comments)
    at = _read_date(date[-_MAX_WORD:])
    by = _BY.search(way)
    return Hop(
        by="".join(clauses.get("by", [])[:1])[:_MAX_WORD],
        sender="".join(clauses.get("from", [])[:1])[:_MAX_WORD],
        ip=_find_ip(way[: by.start() if by else None]) if "from" in clauses else "",
        protocol=protocol,
        tls=tls,
        at=at,
        delay=(at - before).total_seconds() if at and before else None,
    )


def _read_protocol(words: list[str], comments: str) -> tuple[str, bool | None]:
    """The protocol, and whether it or a comment speaks of TLS (RFC 3848 names the protocols)."""
    tls = True if _TLS.search(comments) else None
    if words and (known := _PROTOCOL.fullmatch(words[0].upper())):
        return known[0], tls or bool(known[1])
    return " ".join(words)[:_MAX_WORD], tls


def _find_ip(text: str) -> str:
    for found in _IP.finditer(text[:_MAX_VALUE]):
        try:
            return str(ip_address(found[1] or found[2]))
        except ValueError:
            continue
    return ""


def _read_date(text: str) -> datetime | None:
    """A date as RFC 5322 has it, with the old forms; a zone that nobody knows is UTC."""
    found = _DATE.search(text)
    if not found:
        return None
    day, month, year, hour, minute, second, fraction, sign, hours, minutes, zone = found.groups()
    # RFC 5322, 4.3: two digits are 1950 to 2049, three count from 1900.
    era = {2: 2000 if year < "50" else 1900, 3: 1900}.get(len(year), 0)
    offset = timedelta(hours=_ZONES.get((zone or "").upper(), 0))
    if sign:
        offset = timedelta(hours=int(sign + hours), minutes=int(sign + minutes))
    try:
        return datetime(
            era + int(year),
            _MONTHS.index(month.lower()) // 3 + 1,
            int(day),
            int(hour),
            int(minute),
            min(int(second or 0), 59),  # a leap second is none here
            int(float(fraction or 0) * 1_000_000),
            timezone(offset),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read_verdicts(header: Header) -> Iterator[Verdict]:
    methods = set()
    for value in _values(header, "authentication-results"):
        for verdict in _read_results(value):
            methods.add(verdict.method)
            yield verdict
    if "spf" not in methods:
        for value in _values(header, "received-spf"):
            pieces = _split(value)
            known = _properties(" ".join(outside for outside, _ in pieces))
            if result := _WORD.match(value):
                yield _verdict("spf", result[0], known, pieces[0][1], known.get("receiver", ""))
    if "dkim" not in methods:
        for value in _values(header, "dkim-signature"):
            known = _properties(value.replace(";", " "))
            yield _verdict("dkim", UNCHECKED, known, "", "")


def _read_results(value: str) -> Iterator[Verdict]:
    """One ``Authentication-Results`` (RFC 8601, 2.2); some servers leave out their own name."""
    pieces = _split(value)
    by = "" if _RESULT.match(pieces[0][0]) else "".join(pieces[0][0].split()[:1])
    for outside, comment in pieces:
        if result := _RESULT.match(outside):
            known = _properties(outside[result.end() :])
            yield _verdict(result[1], result[2], known, comment, by)


def _properties(text: str) -> dict[str, str]:
    found = _PROPERTY.findall(text[:_MAX_VALUE])
    return {name.lower(): value.strip('"') for name, value in reversed(found)}


def _verdict(method: str, result: str, known: dict[str, str], comment: str, by: str) -> Verdict:
    domain = next((known[name].rpartition("@")[2] for name in _DOMAINS if name in known), "")
    reason = known.get("reason") or ("" if result.lower() == "pass" else comment)
    about = (domain, known.get("s", ""), " ".join(reason.split()))
    return Verdict(
        method=method.lower(),
        result=result.lower(),
        about=" · ".join(word[:_MAX_WORD] for word in about if word),
        by=by[:_MAX_WORD],
    )
