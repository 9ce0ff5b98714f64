"""One-time codes in a mail: found, and told apart from the other numbers that mail is full of.

A number is what the words around it call it. Each number takes the nearest word before it that no
other number has taken, "order" or "code"; only then one after it. How near that word is, what kind
of code it means and what the number looks like make up its points.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cache, cached_property
from itertools import islice
from operator import attrgetter
from typing import Final, NamedTuple
from unicodedata import normalize

from msgspec import Struct

from sacterm.reading.codewords import (
    BOOKING,
    CODE,
    DETERMINERS,
    ONE_TIME_CODE,
    OTHER_CODE,
    OTHER_NUMBER,
    PROMOTION,
    fold,
    visible,
    words,
)
from sacterm.reading.linkwords import ACT, ENTER, EXPIRES
from sacterm.reading.urls import find_urls

MAX_CODES: Final = 5
MAX_SUBJECT: Final = 1_000
MAX_TEXT: Final = 50_000
"""Characters that are looked at."""

_MAX_NUMBERS: Final = 300
_FAR: Final = 300  # characters between a word and what it names, at most
_NEAR: Final = 40  # the same, for words that mean no code
_NEAREST: Final = 8  # words before a number, and after it, that are asked

# Points. The word that calls a number a code gives about 45 to 85, all else is added or taken off.
_LIKELY: Final = 60
_SURE: Final = 85
_AHEAD: Final = 15  # of the next one, to be sure
_DATE: Final = -30  # for what may be a year or a date

_ADDRESS: Final = re.compile(r"[\w.+-]{1,64}@[\w.-]+")
_PHRASE_BREAKS: Final = str.maketrans("\n\t\r-", "    ")

_NUMBER: Final = re.compile(
    r"""(?<![a-z0-9_])(?:
        (?P<spaced> [0-9](?:[ \n]{1,4}[0-9]){3,9} (?![ \n]{0,4}[0-9]) )
      | (?P<digits> [0-9]{1,16}(?:[ -][0-9]{1,16}){0,9} )
      | (?P<mixed> (?=[a-z-]{0,14}[0-9]) [a-z0-9]{1,10}(?:-[a-z0-9]{2,10}){0,2} )
    )(?![a-z0-9_]|-[a-z0-9])""",
    re.VERBOSE,
)
_CAPITALS: Final = re.compile(r"(?<![\w-])(?:[A-Z]{5,8}|[A-Z]{3,4}-[A-Z]{3,4})(?![\w-])")
_ONE_LETTER_BEFORE: Final = re.compile(r"[a-z]-([0-9]{4,8})")
_EQUAL_GROUPS: Final = re.compile(
    r"[0-9]{3}[ -][0-9]{3}(?:[ -][0-9]{3})?|[0-9]{4}[ -][0-9]{4}|[0-9]{5}[ -][0-9]{5}"
    r"|[0-9]{2}([ -])[0-9]{2}(?:\1[0-9]{2}){0,2}"
)
_COUNT_AFTER: Final = re.compile("(?<=[0-9]{3})(?: [0-9]{1,2})+$")  # "493021 10 minutes"
_YEAR_OR_DATE: Final = re.compile(
    r"(?:19|20)[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))?"
)

# What makes a number an amount, a part of a longer thing, or a count.
_BEFORE: Final = re.compile(
    r"""(?: [\#№/\\@+&?~^_] | [0-9][.,:] | \)\s? | [$€£¥₹₽₩₺₴₫฿]\s? | \b(?:n|nr|no|núm|num)[.°º]\s?
      | \b(?:usd|eur|gbp|chf|inr|rs|kr|r\$|us\$|jpy|aud|cad)\.?\s? )$""",
    re.IGNORECASE | re.VERBOSE,
)
_AFTER: Final = re.compile(
    r"""\s?[%‰€$£¥₹₽₩₺₴₫°×\#] | [.,][0-9] | :\w | [/\\@~^=] | \s?[年月日円元원件个個名]
      | \s?(?:usd|eur|gbp|chf|inr|jpy|zł|pln|kr|sek|nok|dkk|czk|kč|ft|huf|lei|ron|грн|руб|р\.|tl|try
        |px|ms|kb|mb|gb|kg|km|kwh|points?|pts|passed|failed|users|people|items|characters)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_GROUP: Final = re.compile(" [0-9]{2}")
_TICKET: Final = re.compile(r"[A-Z]{2,4}\d{1,3}")  # what testers call a case by
_WORD_AND_NUMBER: Final = re.compile("[A-Z]{4,}[0-9]{1,4}|[A-Z]{2,}20[0-9]{2}")  # as vouchers are
_LONG_NUMBER: Final = re.compile("[0-9]{3}")
_IS: Final = re.compile(
    r"""(?: is(?:\ the)? | ist | lautet | es | est | e | sera | sara | jest | to | brzmi | lyder
          | (?:din\ )?[ae]r | on | je | zni | a | este | ειναι | это | є | la(?:\ ma)? | adalah
          | ialah | as | als | como | comme | come | jako | som | sebagai | как | як | olarak )\b
      | है | คือ | هو | هي | הוא | [은는이가はが是为為] | として""",
    re.VERBOSE,
)
_OF: Final = re.compile(" (?:d[eio]|del|dell[ao]|du|des)\\b| d'")
_LAST_WORD: Final = re.compile(r"([^\W\d_]+)[ '’\"“„«-]*\Z")
_MONEY: Final = re.compile(
    r"[$€£¥₹₽₩₺]\s?[0-9]|[0-9]\s?(?:[€£₽₺円元원]|(?:USD|EUR|GBP|zł|kr|грн|руб)\b)"
)
_STOP: Final = re.compile(r"[。！？]|[.!?](?:\s|$)|(?<![:：])\n[ \t]*\n")
_AROUND: Final = " \t*_|[](){}<>«»「」『』【】“”„\"'`:：.=>→-–—•·,;"


class Code(Struct, frozen=True):
    """What is probably a one-time code.

    Attributes:
        value: what to type or paste: ASCII letters and digits, and dashes between letters.
        shown: as the mail has it. Untrusted.
        sure: nothing speaks against it.
    """

    value: str
    shown: str
    sure: bool


class _Label(NamedTuple):
    """A word that says what a number near it is.

    Attributes:
        kind: a group of the pattern of labels.
        points: for what kind of code it means.
    """

    start: int
    end: int
    kind: str
    points: int

    @property
    def is_code(self) -> bool:
        return self.kind in ("once", "code")


class _Number(NamedTuple):
    """Something between spaces that has digits, or is written in capitals.

    Attributes:
        value: what it would be as a code, or "" where it cannot be one.
        points: for its looks.
    """

    start: int
    end: int
    value: str
    points: int


@cache
def _label_pattern() -> re.Pattern[str]:
    return re.compile(
        f"(?P<other>{words(OTHER_CODE)})|(?P<once>{words(ONE_TIME_CODE)})"
        f"|(?P<number>{words(OTHER_NUMBER)})|(?P<code>{words(CODE)})"
    )


@cache
def _pattern(*tables: str) -> re.Pattern[str]:
    return re.compile(words(*tables))


def find_codes(subject: str, text: str) -> tuple[Code, ...]:
    """The one-time codes of a mail, best first, at most :data:`MAX_CODES`. Never raises.

    Args:
        subject: decoded, untrusted.
        text: what a person reads of the mail, untrusted; looked at up to :data:`MAX_TEXT`.
    """
    subject = visible(" ".join(subject[:MAX_SUBJECT].split()))
    return _Mail(f"{subject}\n\n{visible(text[:MAX_TEXT])}", len(subject)).codes()


class _Mail:
    """Subject and text as one, in forms of the same length.

    It is kept as sent; folded and without URLs and addresses; and that with spaces for hyphens and
    line ends, to find phrases.
    """

    def __init__(self, written: str, subject_ends: int) -> None:
        self._written = written
        self._plain = _without_addresses(fold(written))
        self._phrases = self._plain.translate(_PHRASE_BREAKS)
        self._subject_ends = subject_ends
        self._labels: list[_Label] = []
        self._taken: set[_Label] = set()

    def codes(self) -> tuple[Code, ...]:
        """The codes, best first."""
        numbers = self._numbers()
        if not numbers or not self._find_labels():
            return ()
        times = Counter(number.value for number in numbers)
        best: dict[str, tuple[int, _Number]] = {}
        for number, called in zip(numbers, self._called(numbers), strict=True):
            if called and number.value:
                points = called + number.points + self._placed(number)
                points += 10 if times[number.value] > 1 else 0
                if points >= _LIKELY and points > best.get(number.value, (0, number))[0]:
                    best[number.value] = points, number
        likely = sorted(best.values(), key=lambda found: -found[0])
        rival = likely[1][0] if len(likely) > 1 else 0
        return tuple(
            Code(
                value=number.value,
                shown=" ".join(self._written[number.start : number.end].split()),
                sure=points >= max(_SURE, rival + _AHEAD),
            )
            for points, number in likely[:MAX_CODES]
        )

    def _numbers(self) -> list[_Number]:
        found = map(self._number, islice(_NUMBER.finditer(self._plain), _MAX_NUMBERS))
        capitals = (
            _Number(match.start(), match.end(), match[0], -25)
            for match in islice(_CAPITALS.finditer(self._written), _MAX_NUMBERS)
            if not self._plain[match.start()].isspace()
        )
        return sorted((*found, *capitals))

    def _number(self, match: re.Match[str]) -> _Number:
        start, end = match.span()
        before, after = self._written[max(0, start - 6) : start], self._written[end : end + 14]
        if _BEFORE.search(before) or _AFTER.match(after):
            return _Number(start, end, "", 0)
        if match["mixed"]:
            if _GROUP.match(after):  # as in the number of an account
                return _Number(start, end, "", 0)
            return _Number(start, end, *_rate_mixed(self._written[start:end]))
        plain = match[0]
        if match["digits"] and not _EQUAL_GROUPS.fullmatch(plain):
            plain = _COUNT_AFTER.sub("", plain)
        return _Number(start, start + len(plain), *_rate_digits(plain))

    def _find_labels(self) -> bool:
        """Find the labels; False where none of them means a code."""
        paid = 20 if _MONEY.search(self._written) else 0  # a receipt has codes of its own
        for match in _label_pattern().finditer(self._phrases):
            kind = match.lastgroup or ""
            points = 15 if kind == "once" else -paid
            if kind == "code" and self._is_named(*match.span()):
                points -= 25
            self._labels.append(_Label(match.start(), match.end(), kind, points))
        return any(label.is_code for label in self._labels)

    def _is_named(self, start: int, end: int) -> bool:
        """Whether the words around "code" may say what other code it is."""
        if _OF.match(self._plain, end):
            return True
        name = _LAST_WORD.search(self._written, max(0, start - 24), start)
        if not name or name[1].isupper() or name[1].lower() == name[1].upper():
            return False
        begins_line = self._written[name.start() - 1 : name.start()] in ("", "\n")
        return (name[1].islower() or begins_line) and not _pattern(DETERMINERS).fullmatch(
            fold(name[1])
        )

    def _called(self, numbers: list[_Number]) -> list[int]:
        """For each, points for the words that call it a code; 0 where none do, or others name it.

        A word after a number counts where it names none that follows it.
        """
        points = [self._called_before(number) for number in numbers]
        return [
            self._called_after(number) if known is None else known
            for number, known in zip(numbers, points, strict=True)
        ]

    def _called_before(self, number: _Number) -> int | None:
        """The points for the word before it, which is taken then; None where no word is near.

        A number on a line of its own may stand further from "code", may share it with others, and
        another name on the line before it ("use this code for your order:") does not count where
        both are in one sentence.
        """
        alone = self._is_alone(number)
        passed = False
        here = bisect_right(self._labels, number.start, key=attrgetter("end"))
        for label in reversed(self._labels[max(0, here - _NEAREST) : here]):
            gap = self._plain[label.end : number.start]
            if len(gap) > _FAR:
                return None
            stopped = _STOP.search(gap) is not None
            if not label.is_code:
                if label in self._taken or stopped or len(gap) > _NEAR:
                    continue
                if not (alone and "\n" in gap):
                    self._taken.add(label)
                    return 0
                passed = True
            elif number.value and (alone or label not in self._taken):
                if passed and (stopped or _LONG_NUMBER.search(gap)):
                    return 0
                between = gap.strip(_AROUND)
                if not stopped and len(between) <= 90:
                    self._taken.add(label)
                    told = not between or _IS.fullmatch(between) or (alone and not passed)
                    once = label.kind == "once" and number.points > _DATE
                    if told or (once and len(between) <= 15):
                        return 70 + label.points
                    return (60 if len(between) <= 40 else 45) + label.points
                if alone:
                    self._taken.add(label)
                    return (65 if len(gap) <= 120 else 55) + label.points
        return 0 if passed else None

    def _called_after(self, number: _Number) -> int:
        """The points for the word after it, or for a promise in the subject."""
        alone = self._is_alone(number)
        passed = False
        here = bisect_left(self._labels, number.end, key=attrgetter("start"))
        for label in self._labels[here : here + _NEAREST]:
            gap = self._plain[number.end : label.start]
            stopped = _STOP.search(gap) is not None
            if len(gap) > (200 if alone else 60) or (not alone and (stopped or gap == "\n")):
                break
            if label.is_code:
                if label in self._taken:
                    break
                line = self._plain[max(0, number.start - 3) : number.start].rpartition("\n")[2]
                near = 65 if not line.strip(_AROUND) or _IS.match(gap.lstrip(_AROUND)) else 45
                return (55 if stopped else near) + label.points - (10 if passed else 0)
            if len(gap) <= 3:
                return 0
            passed = True
        in_subject = (label.end <= self._subject_ends for label in self._labels if label.is_code)
        return 55 if alone and not passed and any(in_subject) else 0

    def _placed(self, number: _Number) -> int:
        """Points for where it stands, and in what mail."""
        points = 10 if self._is_alone(number) else 0
        if number.end <= self._subject_ends:
            points += 10
        if self._has_purpose:
            points += 10
        lettered = not number.value.isdigit()
        if self._books:
            points -= 50 if lettered else 25
        near = max(0, number.start - 200), number.end + 200
        if _pattern(PROMOTION).search(self._phrases, *near):
            points -= 70 if lettered else 50
        elif lettered:
            points -= 40 * self._promotes + 20 * (not self._has_purpose)
        return points

    @cached_property
    def _has_purpose(self) -> bool:
        """Whether the mail asks to sign in, to confirm and the like."""
        return _pattern(ACT, ENTER, EXPIRES).search(self._phrases) is not None

    @cached_property
    def _books(self) -> bool:
        return _pattern(BOOKING).search(self._phrases) is not None

    @cached_property
    def _promotes(self) -> bool:
        return _pattern(PROMOTION).search(self._phrases) is not None

    def _is_alone(self, number: _Number) -> bool:
        """Whether there are no words on its line."""
        before = self._plain[max(0, number.start - 40) : number.start].rpartition("\n")[2]
        after = self._plain[number.end : number.end + 40].partition("\n")[0]
        return not before.strip(_AROUND) and not after.strip(_AROUND)


def _without_addresses(text: str) -> str:
    pieces = []
    position = 0
    for start, end, _ in find_urls(text):
        pieces += [text[position:start], " " * (end - start)]
        position = end
    text = "".join((*pieces, text[position:]))
    return _ADDRESS.sub(lambda match: " " * len(match[0]), text)


def _rate_digits(written: str) -> tuple[str, int]:
    """What digits, perhaps in groups, are as a code, and how usual that is."""
    digits = "".join(char for char in written if char.isdigit())
    groups = written.split()
    if not 4 <= len(digits) <= 10:
        return "", 0
    if _YEAR_OR_DATE.fullmatch(written):
        return digits, _DATE
    if written.isdigit() or len(groups) == len(digits):
        return digits, 10 if len(digits) == 6 else -15 if len(digits) > 8 else 5
    if not _EQUAL_GROUPS.fullmatch(written):
        return "", 0
    return digits, -15 if written[2] in " -" else 10


def _rate_mixed(written: str) -> tuple[str, int]:
    """What letters and digits are as a code, and how usual that is."""
    if lettered := _ONE_LETTER_BEFORE.fullmatch(fold(written)):
        return lettered[1], 5
    value = normalize("NFKC", written)
    bare = value.replace("-", "")
    if not 4 <= len(bare) <= 10 or not bare.isascii():
        return "", 0
    if _TICKET.fullmatch(bare):
        return value, -40
    if not bare.isupper():
        return value, -25 if bare.islower() else -15
    return value, -20 if _WORD_AND_NUMBER.fullmatch(bare) else 0
