"""Bytes as mail carries them: transfer encodings and character sets, whatever the sender claims.

Nothing here raises: damaged input gives what can be saved of it.
"""

from __future__ import annotations

import binascii
import re
from contextlib import suppress
from typing import Final

_UUENCODE: Final = ("uuencode", "x-uuencode", "uue", "x-uue")
TRANSFER_ENCODINGS: Final = frozenset(
    ("", "7bit", "8bit", "binary", "quoted-printable", "base64", *_UUENCODE)
)
"""What :func:`decode_transfer` knows, in lower case."""

_MAX_UU_LINES: Final = 100_000  # of at most 45 bytes each
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64: Final = bytes(set(range(256)) - set(_BASE64))
_BAD_QUOTED: Final = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_UNKNOWN: Final = "\N{REPLACEMENT CHARACTER}"

# Charset names without punctuation, in lower case, to the codec that decodes them best: the widest
# relative, as browsers do. A table, because Python's own look-up imports a module for each name
# asked, and knows codecs that are no charsets.
_CODECS: Final = {
    **{f"iso8859{part}": f"iso8859-{part}" for part in (*range(2, 9), 10, 13, 14, 15, 16)},
    **{f"{maker}125{page}": f"cp125{page}" for maker in ("windows", "cp") for page in range(9)},
    **{
        f"{maker}{page}": f"cp{page}"
        for maker in ("ibm", "cp")
        for page in (437, 850, 852, 858, 866)
    },
    **dict.fromkeys(("usascii", "ascii", "ansix341968"), "ascii"),
    **dict.fromkeys(("iso88591", "latin1"), "cp1252"),
    **dict.fromkeys(("iso88599", "latin5"), "cp1254"),
    **dict.fromkeys(("iso88598i", "iso88598e"), "iso8859-8"),
    **dict.fromkeys(("iso885911", "tis620", "windows874", "cp874"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936", "euccn"), "gb18030"),
    **dict.fromkeys(("big5", "cp950"), "cp950"),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "mskanji", "windows31j", "cp932"), "cp932"),
    **dict.fromkeys(("euckr", "ksc56011987", "ksc5601", "cp949", "uhc", "windows949"), "cp949"),
    **dict.fromkeys(("macintosh", "macroman", "xmacroman"), "mac-roman"),
    **dict.fromkeys(("utf7", "unicode11utf7"), "utf-7"),
    "big5hkscs": "big5hkscs",
    "eucjp": "euc-jp",
    "hzgb2312": "hz",
    "iso2022jp": "iso2022-jp-ext",
    "iso2022kr": "iso2022-kr",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "utf8": "utf-8",
    "utf16": "utf-16",
    "utf16be": "utf-16-be",
    "utf16le": "utf-16-le",
    "utf32": "utf-32",
}
_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")


def decode_text(data: bytes, charset: str = "utf-8") -> tuple[str, bool]:
    """The text, and whether all of it is what ``charset`` says.

    Where it is not, or where nobody knows the charset: UTF-8 if all fits; else the charset with
    U+FFFD for what does not fit; else Windows-1252, if that leaves more unknown than known.
    """
    codec = _CODECS.get(_PUNCTUATION.sub("", charset[:40].lower()))
    for candidate in (codec, "utf-8"):
        if candidate:
            try:
                return data.decode(candidate), candidate == codec
            except UnicodeError:
                continue
    text = data.decode(codec or "utf-8", "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if 2 * text.count(_UNKNOWN) > foreign:
        text = data.decode("cp1252", "replace")
    return text, False


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """The content of a part, out of its ``Content-Transfer-Encoding`` (lower case).

    An encoding not in :data:`TRANSFER_ENCODINGS` leaves the data as it is.
    """
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in _UUENCODE:
        return _decode_uu(data)
    return data


def damage(data: bytes, encoding: str) -> str:
    """What is wrong with a part's transfer encoding, in one line for a person, or ""."""
    if encoding == "base64":
        letters = data.translate(None, _NOT_BASE64)
        if foreign := len(data.translate(None, _BASE64 + b"=\r\n\t ")):
            return f"base64 with {foreign:,} characters that are none: they are skipped"
        if len(letters) % 4 == 1:
            return "base64 that is cut: what is whole of it is there"
    if encoding == "quoted-printable" and _BAD_QUOTED.search(data):
        return "quoted-printable with = that quotes nothing: it stands as it was sent"
    return ""


def decode_base64(data: bytes) -> bytes:
    """Lenient: foreign characters are skipped, missing padding is added, a lone sextet is lost."""
    try:
        return binascii.a2b_base64(data + b"==")
    except binascii.Error:
        letters = data.translate(None, _NOT_BASE64)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


def _decode_uu(data: bytes) -> bytes:
    _, _, encoded = data.partition(b"begin ")
    if not encoded:
        return data
    lines = []
    for line in encoded.splitlines()[1:_MAX_UU_LINES]:
        if line == b"end":
            break
        # Some encoders write more than the length in the first byte says.
        length = ((line[0] - 32 & 63) * 4 + 5) // 3 if line else 0
        with suppress(binascii.Error):
            lines.append(binascii.a2b_uu(line[:length]))
    return b"".join(lines)
