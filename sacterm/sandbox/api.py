"""How the REST API answers: keys, ops, faults and errors. What it answers is in ``routes``."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sacterm.sandbox.answers import (
    SPENT,
    WRONG_KEY,
    CutOff,
    Dribbled,
    error_response,
    fault_response,
    json_response,
    misshapen,
)
from sacterm.sandbox.call import Call
from sacterm.sandbox.faults import Faults
from sacterm.sandbox.intake import Intake
from sacterm.sandbox.records import SIZE_LIMIT
from sacterm.sandbox.registry import Refusal
from sacterm.sandbox.routes import ROUTES, Endpoint

BODY_LIMIT = 4 * SIZE_LIMIT  # bytes of a request: a mail to send, in base64 and JSON


class Api:
    """The REST API.

    Attributes:
        requests: how often each route was asked, by method and path (``/addresses/{email}``).
        faults: how to misbehave.
    """

    def __init__(
        self,
        intake: Intake,
        faults: Faults,
        *,
        misbehave: Callable[[Faults], None],
        transport_of: Callable[[Request], asyncio.Transport | None],
        stopping: asyncio.Event,
    ) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        self.faults = faults
        self._intake = intake
        self._mailroom = intake.mailroom
        self._misbehave = misbehave
        self._transport_of = transport_of
        self._stopping = stopping

    def routes(self) -> list[Route]:
        """All routes, those for misbehaving too."""
        return [
            Route("/api" + path, partial(self._serve, method, path, endpoint), methods=[method])
            for method, path, endpoint in ROUTES
        ] + [Route("/sandbox/faults", self._serve_faults, methods=["GET", "POST", "DELETE"])]

    async def _serve(
        self, method: str, path: str, endpoint: Endpoint, request: Request
    ) -> Response:
        self.requests[method, path] += 1
        if not self.faults.hits(request.scope["path"].removeprefix("/api")):
            return await self._answer(request, endpoint)
        faults = msgspec.structs.replace(self.faults)
        if faults.delay:
            await self._pause(faults.delay)
        if faults.status:
            response = fault_response(faults.status, faults)
        else:
            response = await self._answer(request, endpoint)
        if faults.garbage:
            response = Response(b'{"messages": [{"_id', media_type="application/json")
        elif faults.wrong_schema and response.media_type == "application/json":
            whole = msgspec.json.decode(response.body)
            response = json_response(misshapen(whole, self.requests.total()), response.status_code)
        if faults.drop or faults.truncate:
            return CutOff(response, self._transport_of(request), begun=not faults.drop)
        return Dribbled(response, faults.slow, self._pause) if faults.slow else response

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _answer(self, request: Request, endpoint: Endpoint) -> Response:
        try:
            body = await _json_body(request)
            key = _key(request, body)
            account = self._mailroom.account_of(key)
            if account is None:
                if key and self.faults.null_account and request.scope["path"] == "/api/me":
                    return json_response(None)
                raise Refusal(401, WRONG_KEY)
            if self._mailroom.spent(account):
                raise Refusal(429, SPENT)
            self._mailroom.charge(account)
            path = {name: unquote(value) for name, value in request.path_params.items()}
            answer = endpoint(Call(self._intake, account, path, request.query_params, body))
            if inspect.isawaitable(answer):
                answer = await answer
        except Refusal as refusal:
            return error_response(refusal.status, refusal.message, *refusal.validation_errors)
        except ClientDisconnect:
            return Response()  # for nobody
        except OSError as error:
            return error_response(503, f"the change could not be kept: {error}")
        return answer if isinstance(answer, Response) else json_response(answer)

    async def _serve_faults(self, request: Request) -> Response:
        try:
            body = await _json_body(request)
            if self._mailroom.account_of(_key(request, body)) is None:
                raise Refusal(401, WRONG_KEY)
            body.pop("_mailsacKey", None)
            if request.method == "POST":
                self._misbehave(msgspec.convert(body, Faults))
            elif request.method == "DELETE":
                self._misbehave(Faults())
        except Refusal as refusal:
            return error_response(refusal.status, refusal.message)
        except msgspec.ValidationError as error:
            return error_response(400, "no such fault", str(error))
        except ClientDisconnect:
            return Response()
        return json_response(self.faults)


async def _json_body(request: Request) -> dict[str, Any]:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            raise Refusal(413, "the request is too large")
    if not raw:
        return {}
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "the body is not JSON", str(error)) from error
    if not isinstance(body, dict):
        raise Refusal(400, "the body is not a JSON object")
    return body


def _key(request: Request, body: dict[str, Any]) -> str:
    """The key, in any of the service's three ways; "" where there is none."""
    named = "_mailsacKey"
    key = request.headers.get("mailsac-key") or request.query_params.get(named) or body.get(named)
    return key if isinstance(key, str) else ""
