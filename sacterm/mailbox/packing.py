"""Mail as it is kept: compressed, and what is usual in mail left out.

What is usual is known from the start, and learned from the mail of a store: software under test
sends the same letter again and again. A packed message names the dictionary that it needs (RFC
1950, FDICT), so what was packed with an earlier one, or with none, can be read as well.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import msgspec

_WINDOW = 32_768  # bytes: what zlib looks back on
_LEVEL = 5  # the next takes a quarter longer, and what it leaves is as large
_BEGINNING = 10_000  # bytes of a message that are learned: its head, and the head of its page
_ALIKE = 0.6  # of what it takes by itself: less, and a message says nothing new
# what many messages hold, the most usual last, where it is cheapest to point at
_USUAL = (
    b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
    b'"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\r\n'
    b'<html lang="en" xmlns="http://www.w3.org/1999/xhtml"><head><title></title>\r\n'
    b'<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    b'<meta name="viewport" content="width=device-width, initial-scale=1.0">\r\n'
    b"<style>@media only screen and (max-width: 600px) { .container { width: 100% !important; } } "
    b"body { margin: 0; padding: 0; background-color: #f4f4f4; } a { color: #0066cc; "
    b"text-decoration: none; } img { border: 0; } table { border-collapse: collapse; }</style>"
    b'</head><body style="margin:0;padding:0;background-color:#ffffff;">\r\n'
    b'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
    b'align="center"><tr><td align="center" valign="top" style="padding:20px 0;font-family:'
    b"Arial,Helvetica,sans-serif;font-size:14px;line-height:1.5;color:#333333;"
    b'font-weight:bold;text-align:center;border-radius:4px;display:inline-block;">\r\n'
    b'<div style="max-width:600px;margin:0 auto;"><h1></h1><p></p><br /><span></span>'
    b'<a href="https://www." target="_blank"></a><img src="https:// width= height= alt="">'
    b"</td></tr></table></div></body></html>\r\n"
    b"ARC-Seal: i=1; a=rsa-sha256; t= cv=none; ARC-Message-Signature: ARC-Authentication-Results: "
    b"Return-Path: <>\r\nDelivered-To: X-Mailer: X-Priority: Reply-To: Sender: Cc: In-Reply-To: "
    b"References: Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\nFeedback-ID: "
    b"List-Unsubscribe: <https:// >\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Authentication-Results: spf=pass smtp.mailfrom= dkim=pass header.d= header.i=@ header.s= "
    b"dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=\r\nReceived-SPF: pass client-ip=\r\n"
    b"Received: from ([127.0.0.1]) by with ESMTP id  for <>; \r\n"
    b"Received: from (unknown [10.0.0.1])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 "
    b"(256/256 bits)\r\n\t key-exchange X25519 server-signature RSA-PSS (2048 bits))\r\n\t"
    b"(No client certificate requested)\r\n\tby mailsac.com (Postfix) with ESMTPS id \r\n\tfor <"
    b"@mailsac.com>; Mon, Tue, Wed, Thu, Fri, Sat, Sun, Jan Feb Mar Apr May Jun Jul Aug Sep Oct "
    b"Nov Dec 2025 2026 2027 00:00:00 +0000 (UTC)\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=.com; s=; t=; x=; q=dns/txt;\r\n\t"
    b"h=from:to:subject:date:message-id:mime-version:content-type:reply-to:list-unsubscribe;"
    b"\r\n\tbh=\r\n\tb=\r\n"
    b"Content-Type: multipart/mixed; boundary=\r\nContent-Type: multipart/related; boundary="
    b'\r\nContent-Disposition: attachment; filename=""\r\nContent-Disposition: inline\r\n'
    b"Content-ID: <>\r\nContent-Transfer-Encoding: base64\r\nContent-Type: application/pdf; name="
    b'\r\nContent-Type: image/png; name=""\r\nContent-Transfer-Encoding: quoted-printable\r\n'
    b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: 8bit\r\n"
    b'Content-Type: text/html; charset="utf-8"\r\nContent-Type: text/html; charset=UTF-8\r\n'
    b'Content-Type: text/plain; charset="utf-8"\r\nContent-Type: text/plain; charset=UTF-8\r\n'
    b"Content-Type: multipart/alternative;\r\n boundary=\"----=_Part_\r\nMIME-Version: 1.0\r\n"
    b"Message-ID: <@>\r\nDate: \r\nSubject: =?utf-8?Q?=?=\r\nSubject: =?UTF-8?B?\r\n"
    b"Subject: \r\nTo: <@mailsac.com>\r\nFrom: <no-reply@\r\n"
)  # fmt: skip


class Packer:
    """Packs the messages of a store."""

    def __init__(self, dictionary: bytes = _USUAL) -> None:
        self._begun = zlib.compressobj(
            _LEVEL, zdict=dictionary
        )  # to read the dictionary takes a while

    def pack(self, raw: bytes) -> bytes:
        """A message as sent, compressed."""
        return _finish(self._begun.copy(), raw)


def learn(messages: Iterable[bytes]) -> bytes:
    """A dictionary made of what messages repeat.

    Args:
        messages: as sent, the newest first. One that is like those before it adds nothing.
    """
    usual = Packer()
    learned, packer = b"", usual
    for raw in messages:
        if len(packer.pack(raw)) < _ALIKE * len(usual.pack(raw)):
            continue
        if len(learned) + len(_USUAL) + min(len(raw), _BEGINNING) > _WINDOW:
            break
        learned += raw[:_BEGINNING]
        packer = Packer(_USUAL + learned)
    return _USUAL + learned


def name_of(dictionary: bytes) -> bytes:
    """What a packed message calls its dictionary: its bytes 2 to 5."""
    return zlib.adler32(dictionary).to_bytes(4)


def unpack(packed: bytes, dictionary: bytes | None = None) -> bytes:
    """A message as sent.

    Args:
        packed: by :class:`Packer`.
        dictionary: the one that it names, if it was learned.

    Raises:
        zlib.error: it is damaged.
    """
    return _decompress(packed, dictionary or _USUAL)


def pack_document(fields: Sequence[str], raw: bytes | None) -> bytes:
    """What the search index holds of a message, beside the message, if much of it stands there."""
    document = msgspec.json.encode(fields)
    return (
        _finish(zlib.compressobj(zdict=_words_of(raw)), document)
        if raw
        else zlib.compress(document)
    )


def unpack_document(document: bytes, raw: bytes | None) -> list[str]:
    """What the search index holds of a message.

    Raises:
        zlib.error: it is damaged.
        msgspec.DecodeError: it is damaged.
    """
    return msgspec.json.decode(_decompress(document, _words_of(raw)), type=list[str])


def _words_of(raw: bytes | None) -> bytes:
    """A dictionary for the document: most of it stands in the message, but for its line ends."""
    return raw[:_WINDOW].replace(b"\r\n", b"\\n") if raw else b""


def _finish(packer: zlib._Compress, data: bytes) -> bytes:
    return packer.compress(data) + packer.flush()


def _decompress(data: bytes, dictionary: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=dictionary)
    found = unpacker.decompress(data) + unpacker.flush()
    if not unpacker.eof:
        raise zlib.error("the end is missing")
    return found
