"""What a mail makes the app do, and what the service and the clipboard bring."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.request import urlopen

from textual import events

from sacterm.errors import KeyRefused, Rejected
from tests.e2e.strict import graphemes
from tests.tui.letters import reading
from tests.tui.running import KEY, filled, running
from tests.unit.fakes import mail
from tests.unit.hostilestrings import is_unfit, together
from tests.unit.mailcorpus import multipart, part
from tests.waiting import until

# Each of them loads something somewhere, where a program lets it.
REMOTE = """
<html><head><base href="{url}/base/"><link rel=stylesheet href="{url}/css">
<link rel=prefetch href="{url}/prefetch"><link rel=dns-prefetch href="{url}">
<meta http-equiv=refresh content="0;url={url}/refresh"><script src="{url}/js"></script>
<style>@import "{url}/import"; body {{ background: url({url}/bg); }}
@font-face {{ font-family: x; src: url({url}/font); }}</style></head>
<body background="{url}/body"><img src="{url}/img" srcset="{url}/2x 2x"><img src="img">
<picture><source srcset="{url}/source"></picture><iframe src="{url}/frame"></iframe>
<object data="{url}/object"></object><embed src="{url}/embed"><video poster="{url}/poster">
<source src="{url}/video"></video><audio src="{url}/audio"></audio>
<svg><image href="{url}/svg" xlink:href="{url}/xlink"/></svg><table background="{url}/table">
<td style="background-image:url({url}/style)">x</table><input type=image src="{url}/input">
<a href="{url}/confirm/a1b2c3d4e5" ping="{url}/ping">Confirm your address</a>
<form action="{url}/form"><button>x</button></form></body></html>
"""


@asynccontextmanager
async def trap() -> AsyncIterator[tuple[str, list[str]]]:
    """Where nothing should ever come, and what came."""
    came: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append((await reader.readline()).decode())
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", came


def remote(url: str) -> bytes:
    """A mail that has every kind of reference to somewhere else."""
    field = f"List-Unsubscribe: <{url}/list>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"
    receipts = f"{field}\r\nDisposition-Notification-To: a@{url}\r\nX-Image-URL: {url}/face\r\n"
    letter = multipart(
        part(b"text/plain", f"Confirm: {url}/plain/verify?token=a1b2c3d4e5".encode()),
        part(b"text/html", REMOTE.format(url=url).encode()),
        part(b"text/html", REMOTE.format(url=url).encode(), b"Content-Disposition: attachment"),
        part(b"image/svg+xml", f'<svg><image href="{url}/svg"/></svg>'.encode()),
        part(f'message/external-body; access-type=URL; URL="{url}/body"'.encode(), b"\r\n"),
        part(b"image/png", b"", b"Content-Location: " + f"{url}/location".encode()),
    )
    return receipts.encode() + letter


async def test_nothing_in_a_message_is_fetched_by_reading_it() -> None:
    async with trap() as (url, came), reading(remote(url)) as rig:
        for words in ("/plain", "your address", "X-Image", "/confirm", "svg+xml", "boundary=b"):
            await rig.sees(words)
            await rig.press("G", "g", "right_square_bracket")
        await rig.press("5", "g", "j", "j", "j", "enter")
        await rig.sees("<html>", "esc closes")
        await rig.press("escape", "1", "L")
        await until(lambda: rig.app.clipboard.startswith(url))
        assert came == []
        with contextlib.suppress(OSError):
            await asyncio.to_thread(urlopen, f"{url}/proof", timeout=5)
        assert came == ["GET /proof HTTP/1.1\r\n"]


async def test_why_a_key_is_refused_is_text() -> None:
    said = together("screen", "close", "action", "rlo", "high", "clip")
    async with running(filled(3), refused=KeyRefused(said), known=False, key=None) as rig:
        await rig.sees("It needs an API key")
        rig.app.post_message(events.Paste(KEY))
        await rig.press("enter")
        await rig.sees("[/b]", "[@click=app.quit]click[/]", "‹RLO›", "␛[2J", "is it")
        assert not any(map(is_unfit, rig.text.replace("\n", "")))


async def test_what_the_service_refuses_is_text() -> None:
    wire = filled(3)
    async with running(wire) as rig:
        await rig.sees("Subject 2", "live · 1 of 1")
        wire.service.failing = Rejected(
            together("screen", "close", "action", "rlo", "high", "clip")
        )
        await rig.press("s")
        await rig.sees("[/b]", "[@click=app.quit]click[/]", "‹RLO›", "␛[2J")
        assert not any(map(is_unfit, rig.text.replace("\n", "")))


async def test_what_is_pasted_is_painted_as_text_in_its_place() -> None:
    async with running(filled(3)) as rig:
        await rig.sees("Subject 2")
        await rig.press("slash")
        rig.app.post_message(events.Paste("\x1b[2J\u202eab\x9b\ud800" + "\u200d".join("👨" * 3)))
        await rig.sees("Nothing found", "ab")
        assert not any(map(is_unfit, rig.text.replace("\n", "")))
        assert {sum(width for _, width in graphemes(line)) for line in rig.screen_text} == {120}


async def test_a_label_of_wide_letters_is_shown_whole() -> None:
    wire = filled(1)
    wire.service.mail = [mail(1, labels=("領収書",), subject="ご登録")]
    async with running(wire) as rig:
        await rig.sees("ご登録", "#領収書 ")
