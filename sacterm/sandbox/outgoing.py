"""``POST /outgoing-messages``: a mail made of JSON. The sandbox delivers it to itself."""

from __future__ import annotations

import base64
import binascii
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any

import msgspec
from msgspec import Struct

from sacterm.sandbox.records import SIZE_LIMIT
from sacterm.sandbox.registry import Refusal, valid

MAX_RECIPIENTS = 100


class _Enclosed(Struct, kw_only=True, rename="camel"):
    filename: str = ""
    content: str = ""
    encoding: str = "byte"  # or base64
    cid: str = ""
    content_disposition: str = "attachment"


class _Draft(Struct, kw_only=True):
    to: str | list[str]
    sender: str = msgspec.field(name="from")
    subject: str = ""
    text: str = ""
    html: str = ""
    raw: str = ""
    attachments: list[_Enclosed] = []


def outgoing(body: dict[str, Any]) -> tuple[str, list[str], bytes]:
    """The sender, the recipients and the raw mail that a request's body asks for.

    Raises:
        Refusal: 400 where something is missing or malformed, 413 where it is too large.
    """
    try:
        draft = msgspec.convert(body, _Draft)
        senders, recipients = _addresses(draft.sender), _addresses(draft.to)
        raw = draft.raw.encode() if draft.raw else _composed(draft, senders[0], recipients)
    except (msgspec.ValidationError, binascii.Error, ValueError, LookupError) as error:
        raise Refusal(400, "bad request", str(error)) from error
    if len(raw) > SIZE_LIMIT:
        raise Refusal(413, f"a message may have {SIZE_LIMIT} bytes at most")
    return senders[0], recipients, raw


def _addresses(given: str | list[str]) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    addresses = [parseaddr(text)[1] for text in texts]
    if not 1 <= len(addresses) <= MAX_RECIPIENTS or not all(map(valid, addresses)):
        raise ValueError(f"1 to {MAX_RECIPIENTS} well-formed addresses are needed")
    return addresses


def _composed(draft: _Draft, sender: str, recipients: list[str]) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = draft.subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain="localhost")
    mail.set_content(draft.text)
    if draft.html:
        mail.add_alternative(draft.html, subtype="html")
    for enclosed in draft.attachments:
        data = enclosed.content.encode()
        mail.add_attachment(
            base64.b64decode(data) if enclosed.encoding == "base64" else data,
            maintype="application",
            subtype="octet-stream",
            filename=enclosed.filename or None,
            cid=f"<{enclosed.cid}>" if enclosed.cid else None,
            disposition=enclosed.content_disposition,
        )
    return mail.as_bytes()
