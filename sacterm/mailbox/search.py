"""What somebody types to find mail, read into SQL. Pure.

Words are looked for in sender, recipients, subject, text and attachment names; all have to be
there, ``or`` between two separates alternatives, ``-`` takes away, quotes keep words together. A
word may be the beginning of one; what is in quotes is whole. A single letter is a whole word too,
and at the very end, where more of it may follow, it is not looked for yet. Case and accents do
not matter. Operators (``from:jane``, ``is:unread``, ``newer:2h``) ask for more;
:data:`OPERATORS` lists them.

The search index cuts text at spaces and punctuation. Scripts that write neither are found by the
beginning of a run of letters, and anywhere in a subject.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from sacterm.mailbox.records import milliseconds, storable

OPERATORS: Mapping[str, str] = {
    "from": "a name or an address",
    "to": "a name or an address",
    "cc": "a name or an address",
    "subject": "words of the subject",
    "body": "words of the text",
    "inbox": "an inbox or a part of it",
    "label": "a label or its beginning",
    "has": "attachment, code or link",
    "is": "unread, read, starred, live, spam, gone or waiting",
    "in": "inbox, all, spam, trash, sent or drafts",
    "folder": "inbox, all, spam, trash, sent or drafts",
    "before": "a day: 2026-11-20, 2026-11, today, yesterday, monday",
    "after": "a day: 2026-11-20, 2026-11, today, yesterday, monday",
    "newer": "an age: 10m, 2h, 3d, 1w, 2mo, 1y",
    "older": "an age: 10m, 2h, 3d, 1w, 2mo, 1y",
    "larger": "a size: 500, 10k, 1.5M",
    "smaller": "a size: 500, 10k, 1.5M",
}
"""What each operator takes, for a person."""

_LONGEST = 1000  # characters
_MOST = 50  # terms
_TERM = re.compile(
    r'(?P<minus>-?)(?:(?P<name>[A-Za-z_]+):)?(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s"]*))'
)
# what stands before a colon in addresses of the web and in subjects
_NO_OPERATORS = frozenset(("http", "https", "ftp", "mailto", "re", "aw", "sv", "fw", "fwd", "wg"))
_MEANT = {"sender": "from", "recipient": "to", "text": "body", "tag": "label", "size": "larger"}
_TOKEN = re.compile(r"[^\W_]+")  # as the tokenizer unicode61 of FTS5 sees them
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)

_NO_SYNTAX = re.compile(r"^\(|\)$|^(?:AND|NOT)$")

_COLUMNS = {
    "from": "sender",
    "to": "recipients",
    "cc": "cc",
    "subject": "subject",
    "body": "body",
}
# spelled out, as SQLite reads no column that is generated from an index alone
_UNREAD = "NOT coalesce(read_here, read, 0)"
_FOLDER = "coalesce(folder_here, folder, 'inbox')"
_LABELS = "coalesce(labels_here, labels, '[]')"
_HAS = {
    "attachment": "coalesce(attachments, '[]') <> '[]'",
    "code": "coalesce(code, '') <> ''",
    "link": "coalesce(link, '') <> ''",
}
_IS = {
    "unread": _UNREAD,
    "read": f"NOT ({_UNREAD})",
    "starred": "coalesce(starred_here, starred, 0)",
    "spam": f"{_FOLDER} = 'spam'",
    "gone": "gone",
    "waiting": "row IN (SELECT row FROM unsent)",
}
_FOLDERS = ("inbox", "all", "spam", "trash", "sent", "drafts")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?")
_AGE = re.compile(r"([0-9]{1,5})(m|h|d|w|mo|y)")
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}
_SIZE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([km]?)b?")
_BYTES = {"": 1, "k": 1000, "m": 1_000_000}


class Query(Struct, frozen=True):
    """What is searched for: ``match`` finds it, and ``besides`` holds for it.

    Attributes:
        text: as typed.
        match: an expression of FTS5; "" finds all.
        besides: an SQL condition over ``messages``, never NULL; it holds no value, only names.
        values: what the names in ``besides`` stand for: ``q0``, ``q1`` …; and ``match``.
        problems: what was not understood and what is meant instead, one line each, for a person.
            They quote what was typed, so they are no display text yet.
        words: the words and phrases that mail must hold, lower case, to ask for and to highlight.
        fields: what was asked of sender, recipient and subject, lower case.
    """

    text: str
    match: str
    besides: str
    values: Mapping[str, object]
    problems: tuple[str, ...]
    words: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def where(self) -> str:
        """All of it as one SQL condition over ``messages``, never NULL."""
        return f"({self.besides}) AND {_matching(':match')}" if self.match else self.besides


def parse(text: str, *, now: datetime, live: Collection[str] = ()) -> Query:
    """Read what was typed. Whatever cannot be understood is not applied, and told.

    Args:
        text: anything.
        now: the time, aware; days begin at midnight of its zone.
        live: the addresses and domains that are live now.
    """
    reader = _Reader(now, live)
    groups = reader.read(storable(text[:_LONGEST]).replace("\0", " "))
    if len(text) > _LONGEST:
        reader.problems.append(f"only the first {_LONGEST:,} characters are looked at")
    match, besides = reader.together(groups)
    return Query(
        text,
        match,
        besides,
        {**reader.values, "match": match},
        tuple(dict.fromkeys(reader.problems)),
        tuple(dict.fromkeys(reader.words)),
        tuple(dict.fromkeys(reader.fields)),
    )


def server_words(query: Query) -> str:
    """What to ask the service for; "" where it can be asked nothing.

    The service looks in to, from and subject alone, and its documents leave open whether several
    words are a phrase or alternatives. One word that all wanted mail holds is right for both: the
    longest, as an answer is of 100 messages at most, and where there is one, of those that were
    asked of these very fields. Of alternatives (``or``) it asks for one.
    """
    return max(query.fields or query.words, key=len, default="")


class _Wrong(Exception):
    """The value of an operator is none that it takes."""


class _Term(Struct, frozen=True):
    """One thing asked for: an expression of FTS5 or a condition in SQL, never both."""

    negated: bool
    match: str = ""
    where: str = ""


class _Reader:
    """Reads terms, and gathers what they need."""

    def __init__(self, now: datetime, live: Collection[str]) -> None:
        self._now = now
        self._live = live
        self.values: dict[str, object] = {}
        self.problems: list[str] = []
        self.words: list[str] = []
        self.fields: list[str] = []

    def read(self, text: str) -> list[list[_Term]]:
        """The alternatives, each a list of terms that all have to fit."""
        groups: list[list[_Term]] = [[]]
        found = [match for match in _TERM.finditer(text) if match[0]]
        if len(found) > _MOST:
            self.problems.append(f"only the first {_MOST} words are looked for")
        for match in found[:_MOST]:
            if match[0].lower() == "or":
                groups.append([])
            elif term := self._term(match):
                groups[-1].append(term)
        return [terms for terms in groups if terms]

    def together(self, groups: list[list[_Term]]) -> tuple[str, str]:
        """An expression of FTS5 ("" finds all) and a condition in SQL: both have to hold."""
        ways = [self._all_of(terms) for terms in groups]
        if len(ways) <= 1:
            return ways[0] if ways else ("", "1")
        # one question to the search index is cheaper than several: what it alone can answer is one
        whole = " OR ".join(f"({match})" for match, besides in ways if besides == "1")
        if all(besides == "1" for _, besides in ways):
            return whole, "1"
        conditions = [
            f"({besides}) AND {self._matching(match)}" if match else besides
            for match, besides in ways
            if besides != "1"
        ]
        if whole:
            conditions.append(self._matching(whole))
        return "", " OR ".join(f"({condition})" for condition in conditions)

    def _all_of(self, terms: list[_Term]) -> tuple[str, str]:
        """The same for terms that all have to fit."""
        match = " AND ".join(t.match for t in terms if t.match and not t.negated)
        without = " OR ".join(t.match for t in terms if t.match and t.negated)
        others = [f"NOT ({t.where})" if t.negated else f"({t.where})" for t in terms if t.where]
        if match and without:
            match = f"({match}) NOT ({without})"
        elif without:
            others.append(f"NOT ({self._matching(without)})")
        return match, " AND ".join(others) or "1"

    def _term(self, found: re.Match[str]) -> _Term | None:
        name = (found["name"] or "").lower()
        value = (found["bare"] if found["quoted"] is None else found["quoted"]).strip()
        if name not in OPERATORS:
            if name:
                self._doubt(name, value)
                value = f"{found['name']}:{value}"
            return self._text("", value, found)
        if name in _COLUMNS and _TOKEN.search(value):
            return self._text(name, value, found)
        try:
            begins = found["quoted"] is None
            term = _Term(bool(found["minus"]), where=self._condition(name, value, begins))
        except _Wrong:
            # what is wrong comes first, as the end may be cut
            wrong = f"“{value[:40]}”? " if value else ""
            self.problems.append(f"{wrong}{name}: takes {OPERATORS[name]}")
            return None
        if name == "inbox" and not term.negated:
            self.fields.append(value.lower())
        return term

    def _text(self, name: str, text: str, found: re.Match[str]) -> _Term | None:
        """Words to look for, in one column or in all; None where there is nothing to look for."""
        if found["quoted"] is None and _NO_SYNTAX.search(text):
            self.problems.append("( ) AND NOT mean nothing here: or between two, - before one")
        tokens = list(_TOKEN.finditer(text))
        unspaced = bool(_UNSPACED.search(text))
        begins = not found["end"] and text[-1:].isalnum()
        if begins and len(tokens[-1][0]) == 1 and not unspaced:
            # to read all words with a letter in common takes 70 ms at 100,000 messages
            begins = False
            if tokens[-1][0].isalpha() and found.end() == len(found.string):
                tokens.pop()
        if not tokens:
            return None
        negated = bool(found["minus"])
        plain = text[tokens[0].start() : tokens[-1].end()]
        if not negated and name in ("", "from", "to", "subject"):
            (self.fields if name else self.words).append(" ".join(plain.lower().split()))
        column = f"{_COLUMNS[name]} : " if name else ""
        match = f'{column}"{plain}"{"*" if begins else ""}'
        if not unspaced or name not in ("", "subject"):
            return _Term(negated, match)
        inside = f"coalesce(subject, '') LIKE {self._inside(plain)}"
        return _Term(negated, where=f"{self._matching(match)} OR {inside}")

    def _condition(self, name: str, value: str, begins: bool) -> str:
        word = value.lower()
        match name:
            case "inbox" if value:
                part = self._inside(value)
                return f"inbox LIKE {part} OR coalesce(original_inbox, '') LIKE {part}"
            case "label" if value:
                same = f"LIKE {self._like(value, '', '%')}"
                if not begins:
                    same = f"= {self._bound(value)} COLLATE NOCASE"
                return (
                    f"{_LABELS} <> '[]' AND EXISTS (SELECT 1 FROM json_each({_LABELS})"
                    f" WHERE value {same})"
                )
            case "has" if word in _HAS:
                return _HAS[word]
            case "is" if word in _IS:
                return _IS[word]
            case "is" if word == "live":
                names = f"(SELECT value FROM json_each({self._bound(json.dumps([*self._live]))}))"
                return f"inbox IN {names} OR domain IN {names}"
            case "in" | "folder" if word in _FOLDERS:
                return f"{_FOLDER} = {self._bound(word)}"
            case "before" | "after":
                compare = "<" if name == "before" else ">="
                return f"received {compare} {self._bound(milliseconds(_day(word, self._now)))}"
            case "newer" | "older":
                compare = "<" if name == "older" else ">="
                since = milliseconds(self._now) - _age(word) // timedelta(milliseconds=1)
                return f"received {compare} {self._bound(since)}"
            case "larger" | "smaller":
                compare = ">" if name == "larger" else "<"
                return f"coalesce(size {compare} {self._bound(_bytes(word))}, 0)"
        raise _Wrong

    def _doubt(self, name: str, value: str) -> None:
        """Say so where a word with a colon looks like an operator."""
        if len(name) < 2 or name in _NO_OPERATORS or not value:
            return
        close = difflib.get_close_matches(name, OPERATORS, 1, 0.5)
        if meant := _MEANT.get(name) or next(iter(close), None):
            self.problems.append(f"{name}: is searched as a word; did you mean {meant}:?")

    def _matching(self, match: str) -> str:
        return _matching(self._bound(match))

    def _inside(self, text: str) -> str:
        return self._like(text, "%", "%")

    def _like(self, text: str, before: str, after: str) -> str:
        literal = re.sub(r"([\\%_])", r"\\\1", text)
        return rf"{self._bound(f'{before}{literal}{after}')} ESCAPE '\'"

    def _bound(self, value: object) -> str:
        name = f"q{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def _matching(name: str) -> str:
    return f"row IN (SELECT rowid FROM search WHERE search MATCH {name})"


def _day(word: str, now: datetime) -> datetime:
    """The first moment of a day or month."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if word == "today":
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    if word in _WEEKDAYS:
        return today - timedelta(days=(now.weekday() - _WEEKDAYS.index(word)) % 7)
    if found := _DATE.fullmatch(word):
        year, month, day = (int(part or 1) for part in found.groups())
        try:
            return datetime(year, month, day, tzinfo=now.tzinfo)
        except ValueError:
            pass
    raise _Wrong


def _age(word: str) -> timedelta:
    found = _AGE.fullmatch(word)
    if not found:
        raise _Wrong
    return int(found[1]) * _UNITS[found[2]]


def _bytes(word: str) -> int:
    found = _SIZE.fullmatch(word)
    if not found:
        raise _Wrong
    return round(float(found[1]) * _BYTES[found[2]])
