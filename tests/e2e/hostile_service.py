"""A service that says hostile things in every field that JSON has."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.unit.hostilestrings import HOSTILE, HUGE, marked, together
from tests.unit.mailcorpus import hostile_letter

Json = dict[str, Any]

OWN = "own@x.example"
PUSHED = "pushed"
"""The subject of what comes by socket: it holds all hostile strings, each in all its fields."""

ERROR = together("screen", "clip", "rlo", "action", "cjk", "high", "nel", "crlf")
"""What it says where it refuses."""


_SHORT = together("screen", "rlo", "emoji")


class HostileService:
    """Reached under ``api`` and ``socket``; ``with`` ends it.

    Attributes:
        refusing: every request is answered by 503 from now on.
    """

    def __init__(self) -> None:
        self.refusing = threading.Event()
        self.messages = {str(mail["_id"]): mail for mail in _messages()}
        self.raws = {f"id-{name}:{text}": hostile_letter(text) for name, text in HOSTILE.items()}
        self.raws["id-huge"] = hostile_letter(HUGE)
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                parts = [unquote(part) for part in urlsplit(self.path).path.split("/")[2:]]
                status, said = service.answer(self.command, parts)
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

        self._listener: ServerConnection | None = None
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._socket: Server = serve(self._push, "127.0.0.1", 0, max_size=None)
        self.api = f"http://127.0.0.1:{self._http.server_address[1]}/api"
        self.socket = f"ws://127.0.0.1:{self._socket.socket.getsockname()[1]}/incoming-messages"

    def answer(self, method: str, parts: list[str]) -> tuple[int, object]:
        """Status and body."""
        if self.refusing.is_set():
            return 503, {"message": ERROR}
        match method, *parts:
            case "GET", "me":
                return 200, _ACCOUNT
            case "GET", "addresses":
                return 200, _addresses()
            case "GET", "domains":
                return 200, [_domain(marked(name)) for name in HOSTILE]
            case "GET", "domains", name:
                return 200, {"domain": _domain(name), "totalMessages": 3}
            case "GET", "inbox":
                return 200, {"messages": list(self.messages.values()), "unread": 1}
            case "GET", "raw", _, id:
                found = next((raw for key, raw in self.raws.items() if _same(key, id)), None)
                return (404, {"message": ERROR}) if found is None else (200, found)
            case "GET", "addresses", email, "availability":
                return 200, {"available": True, "email": email, "owned": False}
            case "POST", "validations", "addresses":
                return 200, [{"email": OWN, "validFormat": True, "isDisposable": False}]
        return 400, {"message": ERROR, "error": ERROR, "validationErrors": [ERROR]}

    def push(self, inbox: str) -> None:
        """One more mail comes by socket."""
        assert self._listener
        mail = _message(inbox, together()) | {"inbox": inbox}
        self._listener.send(json.dumps({"status": 200, "email": mail}))

    def _push(self, connection: ServerConnection) -> None:
        frame = {"status": 200, "msg": "Listening", "addresses": [OWN], "domains": []}
        connection.send(json.dumps(frame))
        whole = hostile_letter(*HOSTILE.values()).decode("utf-8", "surrogateescape")
        mail = _message("whole", together()) | {"subject": PUSHED, "raw": whole}
        mail["received"] = "2026-11-20T08:15:02.000Z"  # the newest
        connection.send(json.dumps({"status": 200, "email": mail}))
        self._listener = connection
        with suppress(ConnectionClosed):
            connection.recv()  # until the app leaves


@contextmanager
def hostile_service() -> Iterator[HostileService]:
    service = HostileService()
    servers = (service._http, service._socket)
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield service
    finally:
        for server in servers:
            server.shutdown()
        service._http.server_close()
        for thread in threads:
            thread.join()


def _same(key: str, id: str) -> bool:
    """Whether an id came back as it was sent; what UTF-8 cannot hold comes back as one "?"."""
    return key == id or key.encode("utf-8", "replace") == id.encode("utf-8", "replace")


def _message(name: str, text: str) -> Json:
    people = [{"name": text, "address": f"{text}@evil.example"}]
    return {
        "_id": f"id-{name}",
        "inbox": OWN,
        "originalInbox": text,
        "domain": text,
        "from": people,
        "to": people,
        "cc": people * 3,
        "bcc": people,
        "subject": text,
        "received": "2026-11-20T08:14:02.000Z",
        "size": 5_000,
        "attachments": [text],
        "links": [f"https://evil.example/{text}"],
        "labels": [text],
        "folder": text,
        "ip": text,
        "via": text,
        "rtls": True,
        "spam": text,
        "savedBy": text,
    }


def _messages() -> Iterator[Json]:
    for name in HOSTILE:
        yield _message(marked(name), marked(name))
    huge = [{"name": HUGE, "address": HUGE}]
    yield _message("huge", "huge") | {"subject": HUGE, "from": huge, "to": huge}


def _addresses() -> list[Json]:
    hostile = [_address(f"{marked(name)}@x.example", marked(name)) for name in HOSTILE]
    return [_address(OWN, together()) | {"enablews": True}, *hostile]


def _address(email: str, text: str) -> Json:
    keys = ("owner", "info", "forward", "webhook", "webhookSlack", "encryptedInbox", "catchAll")
    return {"_id": email, "enablews": False} | dict.fromkeys(keys, text)


def _domain(name: str) -> Json:
    told = dict.fromkeys(("owner", "verificationTxt", "lastVerificationErrors"), _SHORT)
    return {"_id": name, "verified": False, **told}


_ACCOUNT: Json = {
    "_id": together("screen", "action", "cjk"),
    "email": together(),
    "moAPICount": 1,
    "apiMonthlyLimit": 100_000,
    "privateAddressCredits": 5,
    "labels": [marked(name) for name in HOSTILE],
    "billingHold": together(),
    "disabled": "",
}
