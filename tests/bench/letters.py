"""Mail by its number: about 5 kB of text and HTML, as software under test sends it."""

from __future__ import annotations

import random
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any

import msgspec

from sacterm.mailsac.decode import Mail, frame
from sacterm.model import Message
from sacterm.sandbox.catalogue import load
from sacterm.sandbox.present import moment

ADDRESSES = tuple(f"team-{number:02}@mailsac.com" for number in range(40))
SIZE = 5000  # bytes
LARGE = 2_500_000  # bytes: the most that the service takes

_APART = timedelta(seconds=30)
_KINDS = ("Your code is {code}", "Invoice {code} is ready", "Welcome to Acme", "Reset password")
_STYLE = "font:15px/1.5 Helvetica,Arial,sans-serif;color:#222;margin:0 0 14px"


def serial(number: int) -> str:
    """What a subject begins with."""
    return f"#{number:06}"


def opening(number: int) -> str:
    """What a text begins with."""
    return f"Letter {number:06} for you"


def raw(number: int, received: datetime, size: int = SIZE) -> bytes:
    """The whole mail, of ``size`` bytes or a little more."""
    rng = random.Random(number)
    code, link = f"{rng.randrange(10**6):06}", f"https://acme.example/confirm/{_token(rng, 24)}"
    kind = _KINDS[number % len(_KINDS)].format(code=code)
    boundary = f"=_{rng.getrandbits(96):024x}"
    head = (
        f"Received: from mx{number % 7}.acme.example (mx.acme.example [192.0.2.{number % 250}])\r\n"
        f"\tby in.mailsac.com with ESMTPS id {_token(rng, 12)};\r\n"
        f"\t{format_datetime(received)}\r\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1;\r\n\tbh={_token(rng, 32)};\r\n"
        f"\tb={_token(rng, 60)}\r\n\t{_token(rng, 60)}\r\n"
        f"Authentication-Results: in.mailsac.com; spf=pass; dkim=pass; dmarc=pass\r\n"
        f"From: Acme <no-reply@acme.example>\r\nTo: {ADDRESSES[number % len(ADDRESSES)]}\r\n"
        f"Subject: {serial(number)} {kind}\r\nDate: {format_datetime(received)}\r\n"
        f"Message-ID: <{_token(rng, 18)}@acme.example>\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    )
    first = f"{opening(number)}. {kind}."
    paragraphs = [first, f"Enter {code} to go on, or follow the link: {link}"]
    frame = len(head) + 700
    while frame + sum(2 * len(paragraph) + 90 for paragraph in paragraphs) < size:
        paragraphs.append(" ".join(rng.choices(_words(), k=rng.randrange(20, 60))) + ".")
    text = "\r\n\r\n".join(paragraphs)
    shown = "\r\n".join(f'<p style="{_STYLE}">{paragraph}</p>' for paragraph in paragraphs)
    page = (
        '<!doctype html><html><head><meta charset="utf-8"><title>Acme</title></head>\r\n'
        '<body style="background:#f4f4f7;margin:0"><table width="100%" cellpadding="0"><tr>'
        '<td align="center">\r\n<table width="600" style="background:#fff;padding:24px"><tr><td>'
        f'\r\n{shown}\r\n<a href="{link}" style="color:#fff;background:#0a66c2;padding:12px 20px">'
        "Confirm</a>\r\n</td></tr></table></td></tr></table></body></html>"
    )
    plain, html = (
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
        for kind, body in (("plain", text), ("html", page))
    )
    return f"{head}{plain}{html}--{boundary}--\r\n".encode()


def large(number: int, received: datetime, kind: str) -> bytes:
    """The largest mail that the service takes, most of it ``text``, ``html`` or ``attachment``."""
    rng = random.Random(number)
    head = (
        f"From: Acme <no-reply@acme.example>\r\nTo: {ADDRESSES[0]}\r\n"
        f"Subject: {serial(number)} Large\r\nDate: {format_datetime(received)}\r\n"
        "MIME-Version: 1.0\r\n"
    )
    first = opening(number)
    if kind == "attachment":
        data = b64encode(rng.randbytes(LARGE * 57 // 78 - 1000))
        lines = b"\r\n".join(data[at : at + 76] for at in range(0, len(data), 76))
        head += 'Content-Type: multipart/mixed; boundary="cut"\r\n\r\n'
        head += f"--cut\r\nContent-Type: text/plain\r\n\r\n{first}\r\n"
        head += "--cut\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;"
        head += ' filename="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        return head.encode() + lines + b"\r\n--cut--\r\n"
    begin, end = ("<p>", "</p>") if kind == "html" else ("", "\r\n")
    lines_ = [f"{begin}{first}{end}"]
    length = len(lines_[0])
    while length < LARGE - 1000:
        lines_.append(f"{begin}{' '.join(rng.choices(_words(), k=60))}{end}")
        length += len(lines_[-1]) + 2
    subtype = "html" if kind == "html" else "plain"
    head += f"Content-Type: text/{subtype}; charset=utf-8\r\n\r\n"
    return head.encode() + "\r\n".join(lines_).encode()


def received(number: int, newest: int, now: datetime) -> datetime:
    """When a mail came, where number ``newest`` came a minute ago."""
    when = now - timedelta(minutes=1) - (newest - number) * _APART
    return when.replace(microsecond=0)


def shown(number: int, when: datetime, whole: bytes) -> dict[str, Any]:
    """A mail as the service tells of it by the socket."""
    head, *parts = re.split(r"--=_\w+(?:--)?\r\n", whole.decode())
    text, html = (part.partition("\r\n\r\n")[2] for part in parts[:2])
    inbox = ADDRESSES[number % len(ADDRESSES)]
    return {
        "_id": message_id(number),
        "inbox": inbox,
        "originalInbox": inbox,
        "domain": "mailsac.com",
        "from": [{"name": "Acme", "address": "no-reply@acme.example"}],
        "to": [{"name": "", "address": inbox}],
        "subject": head.partition("Subject: ")[2].partition("\r\n")[0],
        "received": moment(when),
        "size": len(whole),
        "attachments": [],
        "folder": "inbox",
        "labels": [],
        "read": number % 3 != 0,
        "savedBy": "sandbox" if number % 50 == 0 else "",
        "raw": whole.decode(),
        "text": text,
        "html": html,
        "body": html,
    }


def told(number: int, when: datetime, whole: bytes) -> bytes:
    """The frame of a mail."""
    return msgspec.json.encode({"status": 200, "email": shown(number, when, whole)})


def message(number: int, when: datetime, whole: bytes) -> Message:
    """A mail as sacterm knows it when it has come by the socket."""
    said = frame(told(number, when, whole))
    assert isinstance(said, Mail)
    return said.message


def message_id(number: int) -> str:
    return f"bench{number:07}"


def utc_now() -> datetime:
    return datetime.now(UTC)


@cache
def _words() -> tuple[str, ...]:
    """The words of all the sandbox's samples."""
    texts = " ".join(template.body for template in load().mail.values())
    return tuple(
        sorted({word.lower() for word in texts.split() if word.isascii() and word.isalpha()})
    )


def _token(rng: random.Random, length: int) -> str:
    return b64encode(rng.randbytes(length), b"-_").decode()[:length]
