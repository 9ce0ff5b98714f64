"""A mail's HTML for the browser: cleaned, without a way to the network, and served once.

Three walls, each of which covers for holes in the others: nh3 lets through only what lays out
text; a content security policy, in the page and in its frame, forbids all that loads (alone it
leaked requests in Firefox); and the mail sits in a frame without permissions.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from html import escape
from types import TracebackType
from typing import Final, Self
from urllib.parse import unquote

MAX_HTML: Final = 2_500_000
"""Characters of a mail's HTML that are shown."""

MAX_INLINE: Final = 10_000_000
"""Bytes of inlined images in a page, each counted as often as it is shown."""

_MAX_CLEAN: Final = 40_000_000  # characters
_PATIENCE: Final = 10.0  # seconds: for the cleaning, and for a client to say what it wants
_MEMORY: Final = 1 << 30  # bytes, of the process that cleans
_CPU: Final = 3  # seconds of it


def page(html: str, inline: Mapping[str, tuple[str, bytes]], *, remote: bool) -> str:
    """The page that shows a mail's HTML. Takes up to 10 seconds: to be called in a thread.

    Links lead nowhere; their targets are shown where the pointer rests on them.

    Args:
        html: as sent.
        inline: the message's own images: content id, without brackets, to content type and data.
            Their data says what they are, and only PNG, JPEG, GIF and WebP are shown.
        remote: whether images may be loaded by ``https`` too, which tells the sender of it.
    """
    clean = _clean_apart(html[:MAX_HTML], _data_urls(inline), remote)
    if clean is None:
        notice = "This HTML is too tangled to be shown safely. This is its text:"
        from sacterm.reading.html import to_text

        clean = f"<p><i>{notice}</i></p><pre>{escape(to_text(html))}</pre>"
    elif len(html) > MAX_HTML:
        clean += "<p><i>The rest of this HTML is too long to be shown.</i></p>"
    head = (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(remote)}">'
        '<meta name="referrer" content="no-referrer">'
    )
    mail = f"{head}<style>{_MAIL_STYLE}</style></head><body>{clean}</body></html>"
    return (
        f'{head}<title>Mail</title><link rel="icon" href="data:,"><style>{_PAGE_STYLE}</style>'
        f'</head><body><iframe sandbox srcdoc="{escape(mail)}"></iframe></body></html>'
    )


def _policy(remote: bool) -> str:
    return (
        f"default-src 'none'; img-src data:{' https:' if remote else ''};"
        " style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
    )


_PAGE_STYLE: Final = (
    "html,body,iframe{margin:0;border:0;width:100%;height:100%;background:#fff}"
    "body{overflow:hidden}iframe{display:block}"
)
_MAIL_STYLE: Final = (
    ":root{color-scheme:light;background:#fff;color:#000;font-family:sans-serif}"
    "a[title]{color:#00e;text-decoration:underline}pre{white-space:pre-wrap}"
)


def _data_urls(inline: Mapping[str, tuple[str, bytes]]) -> dict[str, str]:
    room = MAX_INLINE
    urls = {}
    for content_id, (_, data) in inline.items():
        kind = next((kind for magic, kind in _MAGIC if magic.match(data)), "")
        if kind and len(data) <= room:
            room -= len(data)
            urls[content_id] = f"data:image/{kind};base64,{b64encode(data).decode()}"
    return urls


_MAGIC: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"\xff\xd8\xff"), "jpeg"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "webp"),
)


# Cleaning, in a process of its own: the parser of nh3 takes minutes and gigabytes for some inputs
# of a megabyte, and where it gets no more memory it ends the process.

_CHILD: Final = (
    "import sys; sys.path[:] = sys.argv[1:];"
    " from sacterm.desktop.webpage import clean_stdin; clean_stdin()"
)


def _clean_apart(html: str, images: dict[str, str], remote: bool) -> str | None:
    """The HTML with nothing in it that loads or runs, or None where that takes too much."""
    try:
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-I", "-c", _CHILD, *sys.path],
            input=json.dumps([html, images, remote]).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode()


def clean_stdin() -> None:
    """The program of the cleaning process: from stdin to stdout, or a status that is not 0."""
    import resource

    # nh3 keeps an attribute whose filter fails
    sys.unraisablehook = lambda _: os._exit(1)
    for limit, most in ((resource.RLIMIT_CPU, _CPU), (resource.RLIMIT_AS, _MEMORY)):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of memory
            resource.setrlimit(limit, (most, most))
    html, images, remote = json.loads(sys.stdin.buffer.read())
    clean = _clean(html, images, remote)
    if len(clean) > _MAX_CLEAN:
        sys.exit(1)
    sys.stdout.buffer.write(clean.encode("utf-8", "replace"))


def _clean(html: str, images: dict[str, str], remote: bool) -> str:
    import nh3

    room = MAX_INLINE * 4 // 3

    def filtered(_: str, name: str, value: str) -> str | None:
        nonlocal room
        if name == "style":
            return _harmless_style(value)
        if name == "href":
            return value if _LINK.match(value) else None
        if name != "src":
            return value
        value = value.strip()
        if value[:4].lower() == "cid:":
            value = images.get(unquote(value[4:]), "")
            room -= len(value)
            return value if value and room >= 0 else None
        return value if _IMAGE.fullmatch(value) or (remote and _HTTPS.match(value)) else None

    clean = nh3.clean(
        html.encode("utf-8", "replace").decode(),
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=filtered,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative="deny",
        link_rel=None,
    )
    return _TARGET.sub(r'\1 title="', clean)


def _names(listed: str) -> set[str]:
    return set(listed.split())


_TAGS: Final = _names(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup"
    " dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr"
    " i img ins kbd li main mark menu nav ol p pre q rp rt ruby s samp section small span strike"
    " strong sub summary sup table tbody td tfoot th thead tr tt u ul var wbr"
)
_DROPPED_WHOLE: Final = _names(
    "applet audio canvas iframe math noembed noframes noscript object script style svg"
    " template textarea title video xmp"
)
_ATTRIBUTES: Final = {
    "*": _names("align bgcolor border color dir height lang style valign width"),
    "a": {"href"},
    "abbr": {"title"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "font": {"face", "size"},
    "hr": {"noshade", "size"},
    "img": {"alt", "hspace", "src", "vspace"},
    "li": {"type", "value"},
    "ol": {"reversed", "start", "type"},
    "table": {"cellpadding", "cellspacing", "rules", "summary"},
    "td": {"colspan", "nowrap", "rowspan"},
    "th": {"colspan", "nowrap", "rowspan", "scope"},
    "ul": {"type"},
}
_LINK: Final = re.compile(r"\s*(?:https?:|mailto:|tel:)", re.IGNORECASE)
_HTTPS: Final = re.compile(r"https://\S", re.IGNORECASE)
_IMAGE: Final = re.compile(
    r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE
)
# In what nh3 writes a quote inside an attribute is "&quot;", so this finds attributes alone.
_TARGET: Final = re.compile(r'(<a(?: [^\s="]+="[^"]*")*?) href="')

# A declaration may call these functions and no others: url(), image-set(), src() and more load.
# Escapes and comments could hide one, and "@" begins a rule.
_FUNCTION: Final = re.compile(
    r"(?<![-\w])(?:rgba?|hsla?|calc|min|max|linear-gradient)\(", re.IGNORECASE
)
_MAY_LOAD: Final = re.compile(r"[(\\@]|/\*")


def _harmless_style(style: str) -> str | None:
    declarations = style.split(";")
    kept = (each for each in declarations if not _MAY_LOAD.search(_FUNCTION.sub("", each)))
    return ";".join(kept) or None


class OneShot:
    """A page on the loopback that can be fetched once, under an address nobody can guess.

    ``async with`` serves it, from its begin to its end.

    Attributes:
        url: where; the browser is to be sent there.
    """

    def __init__(self, page: str, *, remote: bool = False, limit: float = 60.0) -> None:
        """Prepare; nothing listens yet.

        Args:
            page: what :func:`page` gives.
            remote: as it was given there.
            limit: seconds for the page to be fetched.
        """
        self.url = ""
        self._limit = limit
        self._page: bytes | None = page.encode("utf-8", "replace")
        self._policy = _policy(remote)
        self._path = f"/{secrets.token_urlsafe(32)}"
        self._host = b""
        self._done = asyncio.Event()
        self._answering: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen.

        Raises:
            OSError: no port of the loopback is free.
        """
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0, limit=16_384)
        host = "{}:{}".format(*self._server.sockets[0].getsockname())
        self._host = host.encode()
        self.url = f"http://{host}{self._path}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        await self._server.wait_closed()

    async def fetched(self) -> bool:
        """Wait until the page was fetched; False where nobody came within the limit."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limit):
                await self._done.wait()
        return self._done.is_set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                page = self._take(head)
                writer.write(_GONE if page is None else self._found(page))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
                if page is not None:
                    self._done.set()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a connection opened in advance, or something that is no browser
        finally:
            writer.close()
            self._answering.discard(task)

    def _take(self, head: bytes) -> bytes | None:
        """The page, for the first request that knows its address."""
        request, *fields = head.split(b"\r\n")
        pairs = (field.partition(b":") for field in fields)
        hosts = [value.strip() for name, _, value in pairs if name.lower() == b"host"]
        expected = f"GET {self._path} HTTP/1.1".encode()
        # another Host is a foreign name that was rebound to this machine
        if hosts != [self._host] or not secrets.compare_digest(request, expected):
            return None
        page, self._page = self._page, None
        return page

    def _found(self, page: bytes) -> bytes:
        fields = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": len(page),
            "Connection": "close",
            "Cache-Control": "no-store",
            "Content-Security-Policy": f"{self._policy}; frame-ancestors 'none'",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-DNS-Prefetch-Control": "off",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + page


_GONE: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
