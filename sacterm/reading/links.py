"""The links of a mail: what each is for, what is wrong with it, and which one the mail is about.

What a link is for is told by its words, in the languages of :mod:`sacterm.reading.codewords`, by
the words of its path, and by a token in it: a link that is meant for one person has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

from sacterm.reading.codewords import PROMOTION, fold, visible, words
from sacterm.reading.hosts import (
    MAX_TARGET,
    has_user,
    host_of,
    is_number,
    looks_latin,
    mixes_scripts,
    registrable,
    shown_host,
)
from sacterm.reading.html import Anchor
from sacterm.reading.linkwords import (
    ACT,
    ENTER,
    EXPIRES,
    FALLBACK,
    HERE,
    PATH_ACT,
    PATH_ENTER,
    PATH_REFUSE,
    PATH_UNSUBSCRIBE,
    REFUSE,
    UNSUBSCRIBE,
)
from sacterm.reading.urls import find_urls

MAX_LINKS: Final = 1_000

_MAX_TEXT: Final = 1_000_000
_BEGINNING: Final = 10_000  # characters of a text that tell what a mail is about
_AROUND: Final = 200  # characters of a link's text, or before it, that are read
_PATH: Final = 500  # characters of a target that are read
_LIKELY: Final = 50

_SCHEME: Final = re.compile(r"\s*(?:https?:|mailto:.)", re.IGNORECASE)
_HOST: Final = re.compile(
    r"""(?:[\w.+-]{1,64}@)?
        (?P<host>(?:[\w-]{1,63}\.){1,10}(?P<last>[^\W\d_]{2,24}|xn--[a-z0-9-]{1,59}))
        (?::[0-9]+)?(?:[/?\#]\S*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_MARK: Final = re.compile(r"\[[0-9]{1,4}\]")
_MARK_BEFORE: Final = re.compile(rf"({_MARK.pattern}):?[ \t]*\Z")
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")
_CAMPAIGN: Final = re.compile("utm_[^&#]*")
_RUN: Final = re.compile("[A-Za-z0-9]{6,}")
_REDIRECTOR: Final = re.compile(
    r"(?:clicks?|track(?:ing)?|trk|links?|lnk|ct|em?|email|go|url)[0-9]*\.[^/]*\.[^/]*/"
    r"|[^/?]*/(?:[^?#]*/)?(?:ls|wf|cl?|ct|trk|clicks?|track(?:ing)?|open|redirect|pixel)/"
    r"|[^/?]*/[^?#]*\.gif\b"
)


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_FILE_ENDINGS: Final = _names(
    """bat bmp cfg conf css csv doc docx dll eml env exe gif gz heic htm html ics ini jpeg jpg js
    json jsx log mjs odt pdf php png ppt pptx rar rtf sql svg tar tgz toml ts tsx txt vcf webp xls
    xlsx xml yaml yml"""
)
_APP_STORES: Final = _names("apps.apple.com itunes.apple.com play.google.com appgallery.huawei.com")
_LOCAL: Final = re.compile(r"localhost|127\..*|\[::1\]|.*\.(?:localhost|local|test|internal)")


class LinkKind(Enum):
    """What a link is for; its value is the word on the screen."""

    ACTION = "action"
    PLAIN = ""
    UNSUBSCRIBE = "unsubscribe"
    TRACKING = "tracking"
    MAIL = "mail"


class Link(Struct, frozen=True):
    """A link of a mail.

    Attributes:
        number: from 1, in the order of the mail.
        text: what it is called, untrusted; "" where the URL itself stands.
        target: as sent, untrusted.
        kind: what it is for.
        warnings: one line for each thing to know before it is followed, untrusted.
        score: how likely it is what the mail is about, from 0.
    """

    number: int
    text: str
    target: str
    kind: LinkKind
    warnings: tuple[str, ...] = ()
    score: int = 0


def find_links(text: str, anchors: Sequence[Anchor]) -> tuple[Link, ...]:
    """The links of a mail, at most :data:`MAX_LINKS`, one for each target.

    The HTML's come first, in their order, then those that only the text has. Targets that are no
    http, https or mailto, or longer than :data:`~sacterm.reading.hosts.MAX_TARGET`, are left out.

    Args:
        text: what a person reads of the mail, untrusted.
        anchors: of its HTML.
    """
    mail = _Text(text[:_MAX_TEXT])
    found: dict[str, Anchor] = {}
    for anchor in (*anchors, *(Anchor("", target, False) for target in mail.targets)):
        if len(anchor.target) <= MAX_TARGET and _SCHEME.match(anchor.target):
            found.setdefault(anchor.target, anchor)
            if len(found) == MAX_LINKS:
                break
    return tuple(mail.link(number, anchor) for number, anchor in enumerate(found.values(), 1))


def numbers(links: Sequence[Link]) -> dict[str, int]:
    """The number of each target, to mark it where it stands in a text."""
    return {link.target: link.number for link in links}


def best_link(links: Sequence[Link]) -> Link | None:
    """What the mail asks to follow, such as a confirmation; None where it asks for nothing."""
    actions = (link for link in links if link.kind is LinkKind.ACTION)
    return max(actions, key=lambda link: link.score, default=None)


class _Text:
    """The text of a mail, for what it says about the links in it.

    Attributes:
        targets: of its URLs, with where the text that tells of each begins and ends.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.targets: dict[str, tuple[int, int]] = {}
        previous = 0
        for start, end, target in find_urls(text):
            self.targets.setdefault(target, (max(previous, start - _AROUND), start))
            previous = end
        self._marks: dict[str, int] = {}
        for mark in _MARK.finditer(text):
            self._marks.setdefault(mark[0], mark.start())
        beginning = _fold(text[:_BEGINNING])
        self._expires = _says(EXPIRES, beginning) and not _says(PROMOTION, beginning)

    def link(self, number: int, anchor: Anchor) -> Link:
        """What is to be known of a link."""
        target = anchor.target
        text = "" if _bare(anchor.text) == _bare(target) else anchor.text
        called = _fold(text[:_AROUND])
        before = ""
        if _nothing().fullmatch(called) or find_urls(text[:_AROUND]):
            before = self._before(target).rstrip()
            called = _fold(before.rpartition("\n")[2])
        host = host_of(target)
        path = _path_words(target, host)
        score = 0 if host in _APP_STORES else self._score(anchor, called, _fold(before), path)
        if _says(UNSUBSCRIBE, called) or _says(PATH_UNSUBSCRIBE, path):
            kind, score = LinkKind.UNSUBSCRIBE, 0
        elif _is_mail(target):
            kind, score = LinkKind.MAIL, 0
        elif score >= _LIKELY:
            kind = LinkKind.ACTION
        elif not text.strip() and _redirects(target):
            kind = LinkKind.TRACKING
        else:
            kind = LinkKind.PLAIN
        return Link(number, text, target, kind, tuple(_warnings(text, target, host, kind)), score)

    def _before(self, target: str) -> str:
        """The text that leads to a URL; that of its footnote mark, where it stands in a list."""
        begin, end = self.targets.get(target, (0, 0))
        before = self._text[begin:end]
        mark = _MARK_BEFORE.search(before)
        if mark and (at := self._marks[mark[1]]) < begin + mark.start():
            return self._text[max(0, at - _AROUND) : at]
        return before

    def _score(self, anchor: Anchor, called: str, before: str, path: str) -> int:
        """Points, from 0; :data:`_LIKELY` make an action."""
        acts, asked = _says(PATH_ACT, path), _says(ACT, called)
        token = _has_token(anchor.target, digits=acts)
        meant = token and (self._expires or not _redirects(anchor.target))
        home = not _bare(anchor.target).partition("/")[2].partition("?")[0]
        refused = _says(REFUSE, called) and not (before and _says(FALLBACK, called))
        if refused or (home and not (token and (acts or asked))):
            return 0
        if asked:
            score = 50
        elif _says(ACT, before) or (_says(ENTER, called) and meant):
            score = 30
        else:
            score = 10 if _says(ENTER, called) else 0
        score += 30 if acts else 15 if _says(PATH_ENTER, path) else 0
        score -= 60 if _says(PATH_REFUSE, path) else 0
        score += 20 + 10 * self._expires if token else 0
        return max(0, score + (15 if anchor.button and score else 0))


@cache
def _pattern(table: str) -> re.Pattern[str]:
    return re.compile(words(table))


@cache
def _nothing() -> re.Pattern[str]:
    return re.compile(rf"(?:{words(HERE)}|\W)*+")


def _says(table: str, folded: str) -> bool:
    return _pattern(table).search(folded) is not None


def _fold(text: str) -> str:
    return fold(visible(text)).replace("-", " ").replace("\n", " ")


def _bare(url: str) -> str:
    """A URL without what people leave out of it."""
    url = url.strip()
    return (url.partition("://")[2] or url).removeprefix("www.").rstrip("/")


def _is_mail(target: str) -> bool:
    return target.lstrip()[:7].lower() == "mailto:"


def _path_words(target: str, host: str) -> str:
    """The words of a target, but for those of the domain itself."""
    bare = _CAMPAIGN.sub("", _bare(target[:_PATH]))
    sub, _, rest = bare.partition("/")
    return fold(_BETWEEN_WORDS.sub(" ", unquote(f"{sub.removesuffix(registrable(host))} {rest}")))


def _has_token(target: str, *, digits: bool) -> bool:
    """Whether something in a target looks made for one person; digits alone count where asked."""
    _, _, rest = _bare(target[: 4 * _PATH]).partition("/")
    return any(
        (digits and run.isdigit()) or (len(run) > 7 and not run.isdigit() and not run.isalpha())
        for run in _RUN.findall(_CAMPAIGN.sub("", rest))
    )


def _redirects(target: str) -> bool:
    """Whether it leads through something that counts clicks, and says nothing itself."""
    return bool(_REDIRECTOR.match(_bare(target[:_PATH]).lower())) and _has_token(
        target, digits=True
    )


def _warnings(text: str, target: str, host: str, kind: LinkKind) -> Iterator[str]:
    if _is_mail(target):
        host = target.partition("?")[0].rpartition("@")[2].lower()
    named = _named_host(text[:_AROUND])
    if named and registrable(named) != registrable(host):
        leads = "writes to" if _is_mail(target) else "leads to"
        yield f"the text names {shown_host(named)}, the link {leads} {shown_host(host)}"
    if mixes_scripts(host):
        yield f"the host mixes scripts: {shown_host(host)}"
    elif looks_latin(host):
        yield f"the host has letters that look like others: {shown_host(host)}"
    if is_number(host):
        yield "the host is a number (IP address)"
    if has_user(target):
        yield "a user name stands before the host"
    if (
        kind is LinkKind.ACTION
        and target.lstrip().lower().startswith("http:")
        and not _LOCAL.fullmatch(host)
    ):
        yield "not encrypted (http): what it carries can be read on the way"


def _named_host(text: str) -> str:
    """The host that a link's text seems to lead to, or ""."""
    for _, _, url in find_urls(text):
        return host_of(url)
    named = _HOST.fullmatch(text.strip())
    if not named or named["last"].lower() in _FILE_ENDINGS:
        return ""
    return host_of(f"https://{named['host']}")
