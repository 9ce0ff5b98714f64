"""Where a URL of a mail leads, told so that nobody is deceived, and made fit for a browser.

URLs are taken apart as browsers do it (the URL standard of WHATWG), not as RFC 3986 has it: a
reader must be shown the host that a browser would go to.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from unicodedata import category, name, normalize
from urllib.parse import quote, unquote_to_bytes

from sacterm.reading.text import DisplayText, display_line

MAX_TARGET: Final = 8_192
"""Characters of a URL; a longer one is no link."""

_MAX_HOST: Final = 253
_MAX_LABEL: Final = 63
_TRIMMED: Final = "".join(map(chr, range(33)))
_IGNORED: Final = ("\t", "\r", "\n")
_URL: Final = re.compile(
    r"(?P<scheme>https?):[/\\]*(?P<authority>[^/\\?#]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_AUTHORITY: Final = re.compile(
    r"(?:(?P<user>.*)@)?(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>[0-9]{0,5}))?", re.DOTALL
)
_FORBIDDEN: Final = re.compile(r"""[\x00-\x20\x7f"#%/:<>?@\[\\\]^`{|}]""")
_IPV6: Final = re.compile(r"\[[0-9a-f:.]{2,45}\]", re.IGNORECASE)
_NUMERIC_HOST: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?|\[.*", re.IGNORECASE)
_DOTS: Final = str.maketrans("。．｡", "...")
_QUERY: Final = re.compile("[?#]")
_SAFE: Final = "/?#[]@!$&'()*+,;=:%"
_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5"

_SCRIPTS: Final = {"CJK": "HAN", "IDEOGRAPHIC": "HAN", "KATAKANA-HIRAGANA": "KATAKANA"}
_NO_SCRIPT: Final = frozenset(("COMBINING", "MODIFIER", "DIGIT", "MIDDLE", "ZERO"))
_MIXED_IN_USE: Final = tuple(
    map(
        frozenset,
        (
            ("LATIN", "HAN", "HIRAGANA", "KATAKANA"),
            ("LATIN", "HAN", "HANGUL"),
            ("LATIN", "HAN", "BOPOMOFO"),
        ),
    )
)
# Letters that look like Latin ones, of scripts that can spell whole Latin words with them.
_LOOKALIKES: Final = frozenset("асԁеһіјӏорԛѕԝхуьҽпгѵѡαγικνορτυωϲϳօոսցհզքյ")
_LATIN_LOOKALIKES: Final = re.compile(
    "[\u0131\u0180-\u019f\u01c0-\u01c3\u0237-\u02af\u1d00-\u1dbf\ua720-\ua7ff]"
)


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Registries that give out names one level deeper, and services that give each customer a host.
_SECOND_LEVEL: Final = _names("ac co com edu gob gov go gouv ltd ne net nom or org plc sch")
_SHARED: Final = _names(
    """amazonaws.com appspot.com azurewebsites.net blogspot.com cloudfront.net firebaseapp.com
    fly.dev github.io gitlab.io herokuapp.com netlify.app ngrok.io onrender.com pages.dev
    vercel.app web.app workers.dev"""
)


class _Parts(NamedTuple):
    """A URL taken apart; nothing of it is decoded."""

    scheme: str
    user: str
    host: str
    port: str
    rest: str


def _split(target: str) -> _Parts | None:
    """The parts of a web address, or None for anything else."""
    if len(target) > MAX_TARGET:
        return None
    target = target.strip(_TRIMMED)
    for char in _IGNORED:
        target = target.replace(char, "")
    url = _URL.fullmatch(target)
    authority = _AUTHORITY.fullmatch(url["authority"]) if url else None
    if not url or not authority:
        return None
    return _Parts(
        url["scheme"].lower(),
        authority["user"] or "",
        authority["host"],
        authority["port"] or "",
        url["rest"],
    )


def host_of(target: str) -> str:
    """The host of a web address as a browser understands it, in lower case; "" where none is."""
    parts = _split(target)
    return _normal_host(parts.host) if parts else ""


def has_user(target: str) -> bool:
    """True where a user name, which may look like a host, stands before the host."""
    parts = _split(target)
    return bool(parts and parts.user)


def is_number(host: str) -> bool:
    """True for an IP address, in whatever way browsers take one."""
    return _NUMERIC_HOST.fullmatch(host) is not None


def _normal_host(host: str) -> str:
    if len(host) > 3 * _MAX_HOST:
        return ""
    if "%" in host:
        host = unquote_to_bytes(host.encode("utf-8", "replace")).decode("utf-8", "replace")
    if not host.isascii():
        host = normalize("NFKC", host.translate(_DOTS)).translate(_DOTS)
    host = host.lower()
    return host if _IPV6.fullmatch(host) or not _FORBIDDEN.search(host) else ""


def ascii_host(host: str) -> str | None:
    """A host as it is asked of the DNS, or None where it cannot be.

    Args:
        host: as :func:`host_of` gives it.
    """
    if not host or len(host) > _MAX_HOST:
        return None
    if _IPV6.fullmatch(host):
        return host
    labels = []
    for label in host.removesuffix(".").split("."):
        if not label.isascii():
            # What is not seen has no place in a name: browsers drop it or refuse the name.
            if len(label) > _MAX_LABEL or any(category(char)[0] in "CZ" for char in label):
                return None
            label = f"xn--{label.encode('punycode').decode()}"
        if not label or len(label) > _MAX_LABEL:
            return None
        labels.append(label)
    ascii_name = ".".join(labels)
    return ascii_name if len(ascii_name) <= _MAX_HOST else None


def _unicode_label(label: str) -> str:
    """A label as it is read; what is no valid punycode stays."""
    if label.startswith("xn--") and len(label) <= _MAX_LABEL:
        try:
            return label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            return label
    return label


def _scripts(label: str) -> frozenset[str]:
    first_words = (name(char, "").partition(" ")[0] for char in label if char.isalpha())
    return frozenset(_SCRIPTS.get(word, word) for word in first_words) - _NO_SCRIPT


def mixes_scripts(host: str) -> bool:
    """True where a label has letters of scripts that no language writes together."""
    for label in map(_unicode_label, host[: 3 * _MAX_HOST].split(".")):
        if not label.isascii():
            scripts = _scripts(label)
            if len(scripts) > 1 and not any(scripts <= usual for usual in _MIXED_IN_USE):
                return True
    return False


def looks_latin(host: str) -> bool:
    """True where a label of another script, or with odd letters, can be taken for a Latin one."""
    labels = host[: 3 * _MAX_HOST].removesuffix(".").split(".")
    if not labels[-1].isascii() or labels[-1].startswith("xn--"):
        return False
    for label in map(_unicode_label, labels):
        if label.isascii():
            continue
        letters = {char for char in label if char.isalpha()}
        if letters and (letters <= _LOOKALIKES or _LATIN_LOOKALIKES.search(label)):
            return True
    return False


def registrable(host: str) -> str:
    """The part of a host that somebody registered, as well as can be told without a list."""
    if is_number(host):
        return host
    labels = host.removesuffix(".").removeprefix("www.").split(".")
    deeper = (len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL) or (
        ".".join(labels[-2:]) in _SHARED
    )
    return ".".join(labels[-3 if deeper else -2 :])


def shown_host(host: str) -> str:
    """A host, with its punycode beside it where it can be taken for another one.

    What is not seen is percent-encoded; still to be cleaned for the screen.
    """
    deceptive = mixes_scripts(host) or looks_latin(host)
    plain = ascii_host(host) if deceptive else None
    return f"{_visible(host)} ({plain})" if plain and plain != host else _visible(host)


def shown_url(target: str, limit: int = 2_000) -> DisplayText:
    """The whole URL, safe to show: what is not seen is percent-encoded.

    Args:
        target: untrusted.
        limit: characters; a longer one ends with an ellipsis.
    """
    parts = _split(target)
    if parts and (host := _normal_host(parts.host)):
        user = f"{parts.user}@" if parts.user else ""
        port = f":{parts.port}" if parts.port else ""
        rest = _visible(parts.rest[:limit])
        shown = f"{parts.scheme}://{_visible(user[:limit])}{shown_host(host)}{port}{rest}"
    else:
        shown = _visible(target[: limit + 1])
    return display_line(shown, limit)


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return text.translate({ord(char): _visible_char(char) for char in set(text)})


def _visible_char(char: str) -> str:
    if char.isprintable() and char != " " and char not in _BLANK:
        return char
    return quote(char, safe="", errors="replace")


def short_url(target: str, width_chars: int) -> DisplayText:
    """The host and what fits of the rest: ``verify.acme.example/…/confirm``.

    Args:
        target: untrusted.
        width_chars: characters (>= 1). A host that is longer loses its beginning: the end counts.
    """
    parts = _split(target)
    host = _normal_host(parts.host) if parts else ""
    if not parts or not host:
        return display_line(
            _visible(target[: width_chars + 8].removeprefix("mailto:")), width_chars
        )
    if mixes_scripts(host) or looks_latin(host):
        host = ascii_host(host) or host
    host = display_line(host.removeprefix("www."))
    if len(host) > width_chars:
        return display_line("…" + host[len(host) - width_chars + 1 :], width_chars)
    rest = display_line(_visible(parts.rest))
    path = _QUERY.split(rest, maxsplit=1)[0]
    last = path.rpartition("/")[2]
    more = "?…" if len(rest) > len(path) else ""
    ways = (
        f"{host}{rest.rstrip('/')}",
        f"{host}{path}{more}",
        f"{host}/…/{last}{more}",
        f"{host}/…/{last}",
        f"{host}/…",
    )
    return display_line(next((way for way in ways if len(way) <= width_chars), host))


def browsable(target: str) -> str | None:
    """The URL as it may be handed to a browser, or None where it is none or cannot be made safe.

    It is ASCII, begins with ``http://`` or ``https://``, has a host and neither spaces nor control
    characters; what was percent-encoded stays so.
    """
    parts = _split(target)
    host = ascii_host(_normal_host(parts.host)) if parts else None
    if not parts or not host:
        return None
    user = quote(parts.user, safe="%:!$&'()*+,;=", errors="replace")
    port = f":{parts.port}" if parts.port else ""
    path = _QUERY.split(parts.rest, maxsplit=1)[0]
    rest = path.replace("\\", "/") + parts.rest[len(path) :]
    rest = quote(rest if path else f"/{rest}", safe=_SAFE, errors="replace")
    return f"{parts.scheme}://{user and f'{user}@'}{host}{port}{rest}"
