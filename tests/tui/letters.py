"""Messages to read, and the app with one of them open."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sacterm.tui.forms import Form
from sacterm.tui.widgets.preview import Preview
from sacterm.tui.widgets.sheet import Sheet
from tests.tui.running import Rig, filled, running
from tests.unit.fakes import FakeWire
from tests.unit.mailcorpus import PNG, multipart, part

_HTML = (
    b"<h1>Welcome</h1><p>Your verification code is 493021.</p>"
    b'<a href="https://acme.example/u/8f2c/confirm">Confirm your address</a>'
    b'<p><a href="https://evil.example/pay">https://bank.example</a></p>'
    b'<img src="cid:logo"><img src="https://track.example/p.gif">'
)

SIGN_UP = multipart(
    b"Content-Type: multipart/alternative; boundary=c\r\n\r\n"
    b"--c\r\nContent-Type: text/plain\r\n\r\n"
    b"Your verification code is 493021.\r\nhttps://acme.example/u/8f2c/confirm\r\n"
    b"--c\r\nContent-Type: text/html\r\n\r\n" + _HTML + b"\r\n--c--",
    part(
        b"image/png",
        b64encode(PNG),
        b"Content-ID: <logo>",
        b"Content-Transfer-Encoding: base64",
    ),
    part(
        b'application/pdf; name="../../evil.desktop"',
        b"%PDF-1.4",
        b"Content-Disposition: attachment",
    ),
    part(b'text/csv; name="b.csv"', b"one,two\r\n", b"Content-Disposition: attachment"),
)
"""A code, links (one of them deceives), an inline image, a remote one, two attachments."""


def wire_with(*raws: bytes) -> FakeWire:
    """An account with these messages, the first the newest; they still have to be fetched."""
    wire = filled(len(raws))
    newest_first = sorted(wire.service.mail, key=lambda message: message.id, reverse=True)
    for message, raw in zip(newest_first, raws, strict=True):
        wire.service.raws[message.id] = raw
    return wire


@asynccontextmanager
async def reading(
    *raws: bytes, size: tuple[int, int] = (120, 40), home: Path | None = None
) -> AsyncIterator[Rig]:
    """The app with the first message read, the keys going to it, and no programs around."""
    async with running(wire_with(*raws), size=size) as rig:
        count = len(raws)
        await rig.sees(f"{count} message", f"Subject {count - 1}")
        rig.main.environ = {"TERM": "xterm"} | ({"HOME": str(home)} if home else {})
        await rig.press("enter")
        await rig.sees("costs no more ops")
        yield rig


def preview(rig: Rig) -> Preview:
    return rig.main.query_one(Preview)


def sheet(rig: Rig) -> Sheet:
    return preview(rig).query_one(Sheet)


def form(rig: Rig) -> Form:
    return preview(rig).form


def pane(rig: Rig) -> list[str]:
    """The lines inside the preview, as they are on the screen."""
    region = preview(rig).region
    lines = rig.screen_text[region.y + 1 : region.bottom - 1]
    return [line[region.x + 1 : region.right - 1].strip() for line in lines]
