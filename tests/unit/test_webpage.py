"""A mail's HTML made harmless for a browser, and the page that can be fetched once."""

from __future__ import annotations

import asyncio
import contextlib
import time
from base64 import b64decode
from html.parser import HTMLParser

import pytest

from sacterm.desktop.webpage import MAX_HTML, MAX_INLINE, OneShot, page

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
JPEG = b"\xff\xd8\xff\xe0 pixels"
GIF = b"GIF89a pixels"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 pixels"


class _Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    return _Elements(html).found


def framed(whole: str) -> str:
    """The document in the frame of a page."""
    [frame] = [attributes for tag, attributes in elements(whole) if tag == "iframe"]
    return frame["srcdoc"] or ""


def shown(html: str, *, remote: bool = False, **inline: bytes) -> str:
    """What is left of a mail's HTML."""
    images = {name: ("image/png", data) for name, data in inline.items()}
    return body(page(html, images, remote=remote))


def body(whole: str) -> str:
    return framed(whole).partition("<body>")[2].removesuffix("</body></html>")


# The page.


def test_the_mail_is_in_a_frame_without_permissions() -> None:
    [frame] = [each for tag, each in elements(page("<p>x", {}, remote=False)) if tag == "iframe"]
    assert frame.keys() == {"sandbox", "srcdoc"}
    assert not frame["sandbox"]


@pytest.mark.parametrize("remote", [False, True])
def test_page_and_frame_forbid_all_that_loads(remote: bool) -> None:
    whole = page("<p>x", {}, remote=remote)
    for document in (whole, framed(whole)):
        metas = [attributes for tag, attributes in elements(document) if tag == "meta"]
        [policy] = [m["content"] or "" for m in metas if "http-equiv" in m]
        rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
        assert rules == {
            "default-src": "'none'",
            "img-src": "data: https:" if remote else "data:",
            "style-src": "'unsafe-inline'",
            "form-action": "'none'",
            "base-uri": "'none'",
        }
        assert {"name": "referrer", "content": "no-referrer"} in metas
        # a policy rules only what comes after it
        assert document.index("Content-Security-Policy") < document.index("<style")


def test_text_and_layout_stay() -> None:
    html = (
        "<h1 style=\"color: red; font-family: 'Segoe UI', sans-serif\">Hi &amp; welcome</h1>"
        '<table width="600" bgcolor="#fff"><tbody><tr><td align="center" colspan="2">'
        '<font color="red" size="2">x</font></td></tr></tbody></table>'
    )
    assert shown(html) == html


def test_only_the_mail_is_in_the_frame_whatever_it_closes() -> None:
    hostile = '</body></html>"></iframe><p onclick=x>out</p>&quot;&gt;</iframe><script>'
    whole = page(hostile, {}, remote=False)
    assert [tag for tag, _ in elements(whole)].count("p") == 0
    assert elements(whole)[-1][0] == "iframe"
    assert elements(body(whole)) == [("p", {})]


@pytest.mark.parametrize(
    "html",
    [
        "<script>bad()</script>",
        "<style>bad</style>",
        "<svg><title>bad</title><image href=bad /></svg>",
        "<math><mtext>bad</mtext></math>",
        "<title>bad</title>",
        "<template>bad</template>",
        "<noscript>bad</noscript>",
        "<iframe srcdoc=bad>bad</iframe>",
        "<object data=bad>bad</object>",
        "<textarea>bad</textarea>",
        "<form action=bad><input type=image src=bad></form>",
        "<link rel=stylesheet href=bad><meta http-equiv=refresh content='0;bad'><base href=bad>",
        "<img src=bad><img src=//bad/x><img src=http://bad/><img srcset=bad><image src=bad>",
        "<img src='data:image/svg+xml;base64,bad'><img src='data:text/html,bad'>",
        "<img src=cid:bad><p background=bad id=bad class=bad name=bad onclick=bad>",
        "<a href='javascript:bad'>x</a><a href='data:text/html,bad' ping=bad>x</a>",
        "<video poster=bad><source src=bad></video><audio src=bad>bad</audio><embed src=bad>",
        "<math><mi><mglyph><style><!--</style><img title='--&gt;&lt;img src=bad&gt;'>",
        "<!--[if mso]>bad<![endif]-->",
    ],
)
def test_nothing_is_left_of_what_loads_or_runs(html: str) -> None:
    assert "bad" not in shown(html)


@pytest.mark.parametrize(
    "declaration",
    [
        "background: url(bad)",
        "background: URL ( 'bad' )",
        r"background: u\72l(bad)",
        r"background: \75\72\6c(bad)",
        "background: u/**/rl(bad)",
        "background: rgb(0, 0, 0) url(bad)",
        "background: xurl(rgb(0, 0, 0), bad)",
        "background-image: image-set('bad' 1x)",
        "background-image: -webkit-image-set('bad' 1x)",
        "background-image: cross-fade(src('bad'), red)",
        "content: attr(bad)",
        "width: expression(bad)",
        "--x: url(bad)",
        "background: var(--bad)",
        "@import 'bad'",
        "x: '; background: url(bad) ;'",
        "x: rgb(; background: url(bad)",
    ],
)
def test_no_style_loads(declaration: str) -> None:
    escaped = declaration.replace('"', "&quot;")
    left = shown(f'<p style="color: red; {escaped}; top: calc(1px + 2px)">x</p>')
    assert "bad" not in left
    assert "color: red;" in left
    assert "top: calc(1px + 2px)" in left


def test_links_lead_nowhere_and_tell_their_target() -> None:
    html = '<p>a <a style="color:red" href="https://a.example/?b=&quot;c">here</a> href="x"</p>'
    assert shown(html) == html.replace('href="https', 'title="https')


# The message's own images.


@pytest.mark.parametrize(
    ("data", "kind"), [(PNG, "png"), (JPEG, "jpeg"), (GIF, "gif"), (WEBP, "webp")]
)
def test_inline_images_are_in_the_page(data: bytes, kind: str) -> None:
    whole = page('<img src=" CID:logo%40a">', {"logo@a": ("text/plain", data)}, remote=False)
    [(_, image)] = elements(body(whole))
    head, _, encoded = (image["src"] or "").partition(",")
    assert head == f"data:image/{kind};base64"
    assert b64decode(encoded) == data


def test_what_only_claims_to_be_an_image_is_not() -> None:
    assert "data:" not in shown('<img src="cid:a">', a=b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert "data:" not in shown('<img src="cid:other">', a=PNG)


def test_images_in_the_html_itself_stay() -> None:
    html = '<img src="data:image/png;base64,iVBORw0KGgo=">'
    assert shown(html) == html


@pytest.mark.thorough
def test_inlined_images_are_bounded_however_often_they_are_shown() -> None:
    big = PNG + bytes(MAX_INLINE // 2 - 1_000)
    left = shown('<img src="cid:a"><img src="cid:b"><img src="cid:c">', a=big, b=big, c=big)
    assert left.count("data:") == 2
    assert shown('<img src="cid:a">' * 9, a=big).count("data:") == 2


# Remote images.


def test_remote_images_are_loaded_only_when_that_was_chosen_and_safely() -> None:
    html = '<img src="https://a.example/x.png"><img src="http://a.example/"><img src="//a.example">'
    assert "a.example" not in shown(html)
    assert shown(html, remote=True) == '<img src="https://a.example/x.png"><img><img>'
    style = '<p style="background:url(https://a.example/)">'
    assert "a.example" not in shown(style, remote=True)


# Too much.


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 400_000, id="deep"),
        pytest.param(
            "<p>" + "".join(f"<font size={n}>" for n in range(3_000)) + "<p>x" * 100_000,
            id="reopened",
        ),
    ],
)
@pytest.mark.thorough
def test_what_would_take_the_cleaner_minutes_or_gigabytes_is_shown_as_text(html: str) -> None:
    begin = time.monotonic()
    left = shown("Your code: &lt;4711&gt;" + html)
    assert time.monotonic() - begin < 20
    assert "too tangled" in left
    assert "<pre>Your code: &lt;4711&gt;" in left


def test_what_is_too_long_is_cut_and_that_is_said() -> None:
    left = shown("<p>" + "x" * MAX_HTML)
    assert left.endswith("too long to be shown.</i></p>")
    assert "too long" not in shown("x" * MAX_HTML)


def test_text_that_is_no_unicode_is_shown() -> None:
    assert shown("<p>a\ud800b</p>") == "<p>a?b</p>"


# Serving it.

PAGE = "<!doctype html><p>déjà vu"


def request(url: str, *, method: str = "GET", host: str = "", path: str = "") -> bytes:
    authority, _, own = url.removeprefix("http://").partition("/")
    return f"{method} {path or '/' + own} HTTP/1.1\r\nhost: {host or authority}\r\n\r\n".encode()


async def ask(url: str, sent: bytes) -> tuple[str, bytes]:
    """Head and body of the answer."""
    host, _, port = url.removeprefix("http://").partition("/")[0].partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    return head.decode(), content


async def test_the_page_is_served_once() -> None:
    async with OneShot(PAGE) as shot:
        assert shot.url.startswith("http://127.0.0.1:")
        head, content = await ask(shot.url, request(shot.url))
        assert await shot.fetched()
        assert content.decode() == PAGE
        again, _ = await ask(shot.url, request(shot.url))
        assert again.startswith("HTTP/1.1 404 ")
    status, *fields = head.split("\r\n")
    assert status == "HTTP/1.1 200 OK"
    answered = dict(field.split(": ", 1) for field in fields)
    assert answered["Content-Type"] == "text/html; charset=utf-8"
    assert answered["Content-Length"] == str(len(PAGE.encode()))
    assert answered["Cache-Control"] == "no-store"
    assert answered["X-Content-Type-Options"] == "nosniff"
    assert answered["Referrer-Policy"] == "no-referrer"
    assert answered["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answered["Content-Security-Policy"] == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none';"
        " base-uri 'none'; frame-ancestors 'none'"
    )


async def test_remote_images_are_allowed_by_the_server_only_when_chosen() -> None:
    async with OneShot(PAGE, remote=True) as shot:
        head, _ = await ask(shot.url, request(shot.url))
    assert "img-src data: https:;" in head


async def test_nobody_else_gets_the_page() -> None:
    async with OneShot(PAGE) as shot:
        port = shot.url.split(":")[2].partition("/")[0]
        for wrong in (
            request(shot.url, path="/"),
            request(shot.url, path="/favicon.ico"),
            request(shot.url, path="/" + "x" * 43),
            request(shot.url + "x"),
            request(shot.url, host="evil.example"),
            request(shot.url, host=f"localhost:{port}"),
            request(shot.url, host="127.0.0.1"),
            request(shot.url).replace(b"host:", b"host: evil.example\r\nhost:"),
            request(shot.url).replace(b"host:", b"x:"),
            request(shot.url, method="POST"),
            request(shot.url, method="HEAD"),
            b"\xff\xff\r\n\r\n",
        ):
            head, content = await ask(shot.url, wrong)
            assert head.startswith("HTTP/1.1 404 ")
            assert content == b""
        _, content = await ask(shot.url, request(shot.url))
        assert content.decode() == PAGE


async def test_each_page_has_an_address_of_its_own() -> None:
    async with OneShot(PAGE) as one, OneShot(PAGE) as other:
        tokens = {shot.url.rpartition("/")[2] for shot in (one, other)}
    assert len(tokens) == 2
    assert all(len(token) >= 43 for token in tokens)


async def test_connections_opened_in_advance_hold_nothing_up() -> None:
    async with OneShot(PAGE) as shot:
        host, port = shot.url.removeprefix("http://").partition("/")[0].split(":")
        idle = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
        with contextlib.suppress(ConnectionError):
            await ask(shot.url, b"x" * 100_000)
        _, content = await ask(shot.url, request(shot.url))
        assert content.decode() == PAGE
        begin = time.monotonic()
    assert time.monotonic() - begin < 5
    for reader, writer in idle:
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


async def test_nobody_answers_afterwards() -> None:
    async with OneShot(PAGE, limit=0.05) as shot:
        assert not await shot.fetched()
    with pytest.raises(ConnectionRefusedError):
        await ask(shot.url, request(shot.url))
