"""Sets a mail of the catalogue as RFC 5322 bytes: headers, MIME parts, attachments."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, message_from_string
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from html import escape
from random import Random
from typing import NamedTuple

from sacterm.sandbox.catalogue import Catalogue, Template, fields
from sacterm.sandbox.layout import as_html, as_text

_LOG_LINES = 1_800
_DUMP_BYTES = 740_000  # 1 MB in base64


class Draft(NamedTuple):
    """One mail to write: the template, and what its texts may name."""

    catalogue: Catalogue
    template: Template
    rng: Random
    when: datetime
    fields: dict[str, str]

    def text(self, text: str) -> str:
        """The text with its ``{names}`` filled in."""
        return text.format_map(self.fields)

    def part(self, name: str) -> str:
        """A text of the catalogue's ``[parts]``, filled in."""
        return self.text(self.catalogue.parts[name])


def write(
    catalogue: Catalogue,
    template: Template,
    rng: Random,
    *,
    name: str,
    to: str,
    when: datetime,
) -> bytes:
    """A whole message with CRLF line ends, no line above 998 bytes.

    Args:
        catalogue: the texts.
        template: which of them.
        rng: decides everything that is random, MIME boundaries too.
        name: display name of the receiver.
        to: address of the receiver.
        when: aware; becomes Date and the time of the Received headers.
    """
    known = fields(catalogue, template, rng, name=name, to=to, when=when)
    draft = Draft(catalogue, template, rng, when, known)
    trace = draft.part("trace") + (draft.part("auth") if template.auth else "")
    if template.shape == "raw":
        head, rest = trace.encode("ascii"), draft.text(template.body).encode(template.charset)
        return (head + rest).replace(b"\n", b"\r\n")
    # EmailMessage would parse and fold each header again: two fifths of the time of a mail.
    head = (trace + "".join(_headers(draft))).replace("\n", "\r\n").encode("ascii")
    return head + _content(draft).as_bytes()


def _headers(draft: Draft) -> Iterator[str]:
    template, known = draft.template, draft.fields
    sender, _, address = known["sender"].rpartition(" ")
    receiver = known["name"] if template.to == "shop" else ""
    yield f"From: {formataddr((sender, address.strip('<>')), template.charset)}\n"
    yield f"To: {formataddr((receiver, known['to']), template.charset)}\n"
    for name, value in (
        ("Subject", template.subject),
        *template.headers,
        ("Content-Language", template.lang),
    ):
        text = draft.text(value)
        if not text.isascii():
            text = Header(text, template.charset, header_name=name).encode()
        yield f"{name}: {text}\n"


def _content(draft: Draft) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    _SHAPES[draft.template.shape](message, draft)
    for part, file_name in draft.template.attach:
        _PARTS[part](message, draft, draft.text(file_name))
    for branch in message.walk():
        # Left to itself the library draws the boundaries from the global random numbers.
        if branch.get_content_maintype() == "multipart":
            branch.set_boundary(f"=_{draft.rng.getrandbits(96):024x}")
    return message


# ------------------------------------------------------------------------------ bodies


def _set_verbatim(message: EmailMessage, draft: Draft) -> None:
    message.set_content(draft.text(draft.template.body), charset=draft.template.charset)


def _set_log(message: EmailMessage, draft: Draft) -> None:
    rng, log, clock = draft.rng, draft.catalogue.log, draft.when
    lines = [draft.text(draft.template.body)]
    for number in range(_LOG_LINES):
        clock += timedelta(milliseconds=rng.randrange(20, 900))
        level, step = rng.choice(log["level"]), rng.choice(log["step"])
        lines.append(f"{clock:%H:%M:%S} {level} [worker-{rng.randint(1, 8)}] {number:04} {step}")
    message.set_content("\n".join(lines) + "\n")


def _set_html(message: EmailMessage, draft: Draft) -> None:
    message.set_content(_page(draft), subtype="html", charset=draft.template.charset)


def _set_alternative(message: EmailMessage, draft: Draft) -> None:
    text = as_text(draft.text(draft.template.body)) + draft.text("\n\n-- \n{footer}\n")
    message.set_content(text, charset=draft.template.charset)
    message.add_alternative(_page(draft), subtype="html", charset=draft.template.charset)


def _page(draft: Draft) -> str:
    template, snippets = draft.template, draft.catalogue.html
    texts = draft.fields | {
        "subject": draft.text(template.subject),
        "preheader": draft.text(template.preheader),
    }
    blocks = as_html(draft.text(template.body), snippets, colour=draft.fields["colour"])
    safe = {name: escape(text) for name, text in texts.items()}
    return snippets["page"].format_map(safe | {"blocks": blocks})


_SHAPES: dict[str, Callable[[EmailMessage, Draft], None]] = {
    "text": _set_verbatim,
    "log": _set_log,
    "html": _set_html,
    "alternative": _set_alternative,
}


# ------------------------------------------------------------------------- attachments


def _add_pdf(message: EmailMessage, draft: Draft, file_name: str) -> None:
    rows = draft.fields["items"].replace("| ", "").split("\n")
    title, total = draft.text(draft.template.subject), draft.fields["total"]
    page = pdf([draft.fields["brand"], title, draft.fields["day"], "", *rows, "", total])
    message.add_attachment(page, "application", "pdf", filename=file_name)


def _add_csv(message: EmailMessage, draft: Draft, file_name: str) -> None:
    rng = draft.rng
    rows = ["day,item,quantity,amount"]
    for age in range(rng.randint(30, 90), 0, -1):
        day = draft.when - timedelta(days=age)
        item = rng.choice(draft.catalogue.locales["en"].items)
        rows.append(
            f'{day:%Y-%m-%d},"{item}",{rng.randint(1, 9)},{rng.randrange(500, 99999) / 100:.2f}'
        )
    message.add_attachment("\n".join(rows) + "\n", subtype="csv", filename=file_name)


def _add_chart(message: EmailMessage, draft: Draft, file_name: str) -> None:
    picture = chart(draft.rng, draft.fields["colour"])
    message.add_attachment(picture, "image", "png", filename=file_name)


def _add_inline(message: EmailMessage, draft: Draft, file_name: str) -> None:
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage), "an inline picture needs a page"
    page.add_related(
        chart(draft.rng, draft.fields["colour"]),
        "image",
        "png",
        cid=draft.text("<{cid}>"),
        filename=file_name,
        disposition="inline",
    )


def _add_calendar(message: EmailMessage, draft: Draft, file_name: str) -> None:
    event = draft.part("calendar")
    message.add_alternative(event, subtype="calendar", params={"method": "REQUEST"})
    file = event.replace("\n", "\r\n").encode()
    message.add_attachment(file, "application", "ics", filename=file_name)


def _add_report(message: EmailMessage, draft: Draft, file_name: str) -> None:
    """The parts of a delivery status notification (RFC 3464), which have no file name."""
    returned = EmailMessage(policy=SMTP)
    returned.set_content(draft.part("returned"), subtype="rfc822-headers")
    message.make_mixed()
    message.attach(message_from_string(draft.part("status"), policy=SMTP))
    message.attach(returned)
    message.set_type("multipart/report")
    message.set_param("report-type", "delivery-status")


def _add_forward(message: EmailMessage, draft: Draft, file_name: str) -> None:
    """An order confirmation of the day before, whole, as message/rfc822."""
    original = write(
        draft.catalogue,
        draft.catalogue.mail["order"],
        draft.rng,
        name=draft.fields["agent"],
        to=draft.fields["agent_address"],
        when=draft.when - timedelta(days=1),
    )
    message.add_attachment(message_from_bytes(original, policy=SMTP))


def _add_dump(message: EmailMessage, draft: Draft, file_name: str) -> None:
    packed = zlib.compress(draft.rng.randbytes(_DUMP_BYTES), 0, wbits=31)
    message.add_attachment(packed, "application", "gzip", filename=file_name)


_PARTS: dict[str, Callable[[EmailMessage, Draft, str], None]] = {
    "pdf": _add_pdf,
    "csv": _add_csv,
    "chart": _add_chart,
    "inline": _add_inline,
    "calendar": _add_calendar,
    "report": _add_report,
    "forward": _add_forward,
    "dump": _add_dump,
}


def pdf(lines: Sequence[str]) -> bytes:
    """One A4 page of Helvetica, a line for each of ``lines`` (ISO 32000-1, 7.5)."""
    safe = [re.sub(r"([()\\])", r"\\\1", line) for line in lines]
    shown = "".join(f"({line}) '\n" for line in safe)
    stream = f"BT /F1 12 Tf 18 TL 64 780 Td\n{shown}ET\n".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%bendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    out, table = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n" % size + table + trailer


def chart(rng: Random, colour: str, *, height: int = 80) -> bytes:
    """A PNG of seven bars in ``colour`` (``#rrggbb``) on white, 224 pixels wide."""
    bar, gap = bytes.fromhex(colour[1:]) * 24, b"\xff" * 3 * 8
    heights = [rng.randint(height // 8, height) for _ in range(7)]
    pixels = b"".join(
        b"\0" + b"".join((bar if y < top else b"\xff" * len(bar)) + gap for top in heights)
        for y in reversed(range(height))
    )
    width = len(heights) * (len(bar) + len(gap)) // 3

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + packed
