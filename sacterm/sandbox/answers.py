"""HTTP answers: JSON, errors with the service's body, and answers that are spoilt on command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sacterm.sandbox.faults import Faults

WRONG_KEY = "a valid API key is needed"
SPENT = "the operations of this month are spent"

_ERRORS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    413: "PayloadTooLarge",
    429: "TooManyRequests",
    503: "ServiceUnavailable",
}

PIECES = 20  # of an answer that dribbles


class _Respoken(Response):
    """An answer that is sent in another way."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = whole.raw_headers

    async def _start(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        await send(start | {"headers": self.raw_headers})


class CutOff(_Respoken):
    """An answer that breaks off in the middle of the body it announced, or has not even begun."""

    def __init__(
        self, whole: Response, transport: asyncio.Transport | None, *, begun: bool
    ) -> None:
        super().__init__(whole)
        self._transport = transport
        self._begun = begun

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the first half, or nothing, and hangs up."""
        if self._begun:
            await self._start(send)
            half = bytes(self.body[: len(self.body) // 2])
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if self._transport:
            self._transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


class Dribbled(_Respoken):
    """An answer whose body comes in small pieces, with a pause before each.

    Args:
        whole: the answer.
        seconds: all pauses together.
        pause: waits so many seconds.
    """

    def __init__(
        self, whole: Response, seconds: float, pause: Callable[[float], Awaitable[None]]
    ) -> None:
        super().__init__(whole)
        self._seconds = seconds
        self._pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends piece by piece."""
        await self._start(send)
        size = -(-len(self.body) // PIECES) or 1
        pieces = [bytes(self.body[at : at + size]) for at in range(0, len(self.body), size)]
        for piece in pieces:
            await self._pause(self._seconds / len(pieces))
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def json_response(content: object, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def error_response(status: int, message: str, *validation_errors: str) -> Response:
    """An error with the service's body."""
    body: dict[str, Any] = {"message": message, "error": _ERRORS.get(status, str(status))}
    if validation_errors:
        body["validationErrors"] = list(validation_errors)
    return json_response(body, status)


def fault_response(status: int, faults: Faults) -> Response:
    """An error on command, with the time to wait if there is one."""
    response = error_response(status, "a fault on command")
    if faults.retry_after is not None:
        response.headers["Retry-After"] = f"{faults.retry_after:g}"
    return response


def misshapen(value: Any, turn: int) -> Any:
    """JSON in which hardly anything has the type that the schema says.

    By turns values are null, alone in a list, or of another type (numbers as texts), lists are
    objects, and the whole is inside another object. The same turn spoils in the same way.
    """
    return {"data": value} if turn % 4 == 3 else _misshapen(value, turn)


def _misshapen(value: Any, turn: int) -> Any:
    if isinstance(value, dict):
        named = enumerate(value.items())
        return {name: _misshapen(part, turn + place) for place, (name, part) in named}
    if isinstance(value, list):
        parts = [_misshapen(part, turn + place) for place, part in enumerate(value)]
        return parts if turn % 2 else {str(place): part for place, part in enumerate(parts)}
    return (None, [value], 0 if isinstance(value, str) else str(value))[turn % 3]


async def on_http_error(request: Request, error: Exception) -> Response:
    """No such route, or not with this method."""
    assert isinstance(error, HTTPException)
    return error_response(error.status_code, error.detail)
