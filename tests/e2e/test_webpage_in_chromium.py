"""The page in a real browser: what it asks the network for, and what it shows."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sacterm.desktop.webpage import OneShot, page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium"),
]

# Ways to make a browser fetch something; each writes its own name in place of "@".
REFERENCES = (
    '<img src="URL">',
    '<img srcset="URL 1x">',
    '<picture><source srcset="URL"><img></picture>',
    '<image src="URL">',
    '<input type="image" src="URL">',
    '<video poster="URL"></video>',
    '<video src="URL" autoplay muted></video>',
    '<video autoplay muted><source src="URL" type="video/mp4"></video>',
    '<video autoplay muted><track default kind="captions" src="URL"></video>',
    '<audio src="URL" preload="auto"></audio>',
    '<audio preload="auto"><source src="URL" type="audio/mpeg"></audio>',
    '<embed src="URL" type="text/html">',
    '<object data="URL" type="text/html"></object>',
    '<object><param name="movie" value="URL"><img src="URL-inner"></object>',
    '<applet code="x" archive="URL"></applet>',
    '<bgsound src="URL">',
    '<iframe src="URL"></iframe>',
    '<iframe srcdoc="<img src=&quot;URL&quot;>"></iframe>',
    '<frameset><frame src="URL"></frameset>',
    '<link rel="stylesheet" href="URL">',
    '<link rel="preload" as="image" href="URL">',
    '<link rel="prefetch" href="URL">',
    '<link rel="modulepreload" href="URL">',
    '<link rel="icon" href="URL">',
    '<link rel="manifest" href="URL">',
    '<link rel="preconnect" href="URL"><link rel="dns-prefetch" href="URL">',
    '<script src="URL"></script>',
    '<script type="module">import "URL"</script>',
    '<script>fetch("URL")</script>',
    '<script>new Image().src = "URL"; navigator.sendBeacon("URL-beacon")</script>',
    '<img src="data:," onerror="fetch(\'URL\')">',
    '<style>@import "URL";</style>',
    '<style>#a { background: url("URL") }</style><p id="a">x',
    '<style>@font-face { font-family: f; src: url("URL") }</style><p style="font-family: f">x',
    '<p style="background: url(URL)">x',
    "<p style=\"background-image: image-set('URL' 1x)\">x",
    '<p style="background-image: -webkit-image-set(url(URL) 1x)">x',
    '<p style="background: u\\72l(URL)">x',
    '<p style="border-image: url(URL) 1">x',
    '<p style="mask-image: url(URL); -webkit-mask-image: url(URL-webkit)">x',
    '<p style="filter: url(URL#f); clip-path: url(URL-clip#c)">x',
    '<p style="cursor: url(URL), auto">x',
    '<p style="display: list-item; list-style-image: url(URL)">x',
    '<style>#b::before { content: url("URL") }</style><p id="b">x',
    '<p style="--u: url(URL); background: var(--u)">x',
    '<svg width="9" height="9"><image href="URL" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><image xlink:href="URL" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><use href="URL#u"/></svg>',
    '<svg width="9" height="9"><filter id="f"><feImage href="URL"/></filter>'
    '<rect width="9" height="9" filter="url(#f)"/></svg>',
    '<svg><style>@import "URL";</style></svg>',
    '<svg><script href="URL"></script></svg>',
    '<math href="URL"><mtext>x</mtext></math>',
    '<body background="URL">',
    '<table background="URL"><tr><td>x</td></tr></table>',
    '<table><tr><td background="URL">x</td></tr></table>',
    '<form action="URL" id="f"></form><script>document.getElementById("f").submit()</script>',
    '<form><button formaction="URL" autofocus>x</button></form>',
    '<a href="URL" ping="URL-ping" id="l">x</a>'
    '<script>document.getElementById("l").click()</script>',
    '<base href="URL/"><img src="relative">',
    '<isindex action="URL">',
    '<noscript><img src="URL"></noscript>',
    '<template><img src="URL"></template>',
    '<math><mi><mglyph><style><!--</style><img title="--&gt;&lt;img src=URL&gt;">',
    '<meta http-equiv="refresh" content="1;url=URL">',
)


class Canary(ThreadingHTTPServer):
    """A server that remembers what it was asked for, and serves a page of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.connections = 0
        self.asked: list[str] = []
        self.page = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def verify_request(self, request: object, client_address: object) -> bool:
        self.connections += 1
        return True


class _Asked(BaseHTTPRequestHandler):
    server: Canary

    def do_GET(self) -> None:
        content = self.server.page if self.path == "/page" else b""
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def hostile_mail(canary: Canary) -> str:
    """A mail with each of the references, numbered."""
    return "\n".join(
        reference.replace("URL", f"{canary.url}/{number}")
        for number, reference in enumerate(REFERENCES)
    )


async def picture_of(url: str, folder: Path) -> Image.Image:
    """A page as Chromium shows it, 400 by 300 pixels."""
    picture = folder / "seen.png"
    browser = await asyncio.create_subprocess_exec(
        str(CHROMIUM),
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *("--hide-scrollbars", "--force-device-scale-factor=1", "--window-size=400,300"),
        *("--virtual-time-budget=5000", f"--user-data-dir={folder / 'profile'}"),
        *(f"--screenshot={picture}", url),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(60):
            await browser.wait()
    finally:
        if browser.returncode is None:
            os.killpg(browser.pid, signal.SIGKILL)
            await browser.wait()
    with Image.open(picture) as image:
        return image.convert("RGB")


async def shown(whole: str, folder: Path, *, red: int, remote: bool = False) -> Image.Image:
    """A page of ours, with at least so many red pixels if it can be.

    A busy browser may take its picture before all is painted.
    """
    for _ in range(4):
        async with OneShot(whole, remote=remote) as shot:
            seen = await picture_of(shot.url, folder)
            assert await shot.fetched()
        if count(seen, (255, 0, 0)) >= red:
            break
    return seen


def filled(color: str) -> bytes:
    """A PNG of 200 by 200 pixels."""
    data = BytesIO()
    Image.new("RGB", (200, 200), color).save(data, "PNG")
    return data.getvalue()


def count(image: Image.Image, color: tuple[int, int, int]) -> int:
    """How many pixels have a colour."""
    pixels = image.tobytes()
    return list(zip(pixels[0::3], pixels[1::3], pixels[2::3], strict=True)).count(color)


RED = ("image/png", filled("red"))


@pytest.mark.parametrize("remote", [False, True])
async def test_a_mail_asks_nobody_for_anything(
    canary: Canary, tmp_path: Path, remote: bool
) -> None:
    """Remote images are loaded by https alone, which the canary does not speak."""
    whole = page('<img src="cid:red">' + hostile_mail(canary), {"red": RED}, remote=remote)
    seen = await shown(whole, tmp_path, red=40_000, remote=remote)
    assert count(seen, (255, 0, 0)) == 40_000
    assert (canary.asked, canary.connections) == ([], 0)


async def test_what_is_cleaned_asks_nobody_even_unguarded(canary: Canary, tmp_path: Path) -> None:
    framed = re.search('srcdoc="([^"]*)"', page(hostile_mail(canary), {}, remote=False))
    assert framed
    canary.page = unescape(framed[1]).partition("<body>")[2].encode()
    await picture_of(f"{canary.url}/page", tmp_path)
    assert set(canary.asked) - {"/favicon.ico"} == {"/page"}  # the browser's own wish


async def test_what_the_cleaning_lets_through_still_asks_nobody(
    canary: Canary, tmp_path: Path
) -> None:
    cleaned = page("<p>cleaned</p>", {}, remote=False)
    mail = '<p style="background: red; height: 100px">' + hostile_mail(canary)
    whole = cleaned.replace(escape("<p>cleaned</p>"), escape(mail))
    assert whole != cleaned
    seen = await shown(whole, tmp_path, red=10_001)
    assert count(seen, (255, 0, 0)) > 10_000
    assert canary.asked == []


async def test_the_same_mail_without_all_this_asks(canary: Canary, tmp_path: Path) -> None:
    canary.page = hostile_mail(canary).encode()
    await picture_of(f"{canary.url}/page", tmp_path)
    asked = {path.split("-")[0] for path in canary.asked}
    assert len(asked) > 10


async def test_the_messages_own_images_show_on_white(tmp_path: Path) -> None:
    html = '<img src="cid:red"><img src="cid:svg">'
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="99" height="99"/></svg>'
    whole = page(html, {"red": RED, "svg": ("image/svg+xml", svg)}, remote=False)
    seen = await shown(whole, tmp_path, red=40_000)
    assert count(seen, (255, 0, 0)) == 40_000
    assert seen.getpixel((399, 299)) == (255, 255, 255)
