"""HTTP answers: JSON, errors with the service's body, and answers that break off."""

from __future__ import annotations

import asyncio
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


class Truncated(Response):
    """An answer that breaks off in the middle of the body it has announced."""

    def __init__(self, whole: Response, transport: asyncio.Transport | None) -> None:
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = whole.raw_headers
        self._transport = transport

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the first half and hangs up."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        if self._transport:
            self._transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


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


async def on_http_error(request: Request, error: Exception) -> Response:
    """No such route, or not with this method."""
    assert isinstance(error, HTTPException)
    return error_response(error.status_code, error.detail)
