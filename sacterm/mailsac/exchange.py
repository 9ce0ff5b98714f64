"""One request and its answer: the one place where what goes wrong becomes an error of ours."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import httpx

from sacterm.errors import (
    CertificateRefused,
    Cut,
    KeyRefused,
    NotFound,
    OwnedByAnother,
    RateLimited,
    Rejected,
    ServerTrouble,
    ServiceError,
    SettingsInvalid,
    TimedOut,
    Unexpected,
    Unreachable,
)
from sacterm.mailsac.dates import NO_SKEW, http_date, skew
from sacterm.mailsac.decode import error_text
from sacterm.mailsac.network import (
    BAD_PROXY,
    certificate_refused,
    is_loopback,
    is_usable,
    trust,
    why,
)
from sacterm.mailsac.retry import again_in, backoff, retry_after
from sacterm.mailsac.values import plain

_TICK = 0.01  # seconds that a sleep may end early
LARGEST_BODY = 64 * 2**20  # bytes
UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


class Exchange:
    """Sends requests with the key, one connection pool for all of them.

    Attributes:
        accepted: whether the service has taken the key so far; with it, a 401 for one address
            means that the address is somebody else's.
        skew: by how much the clock here is behind the service's, as of the last answer.
    """

    def __init__(
        self,
        key: str,
        *,
        base_url: str,
        on_op: Callable[[str], None],
        timeout: float,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], float],
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        self.accepted = False
        self.skew = NO_SKEW
        self._key = key
        self._key_usable = key.isascii() and key.isprintable() and " " not in key
        self._base_url = base_url.rstrip("/")
        self._on_op = on_op
        self._sleep = sleep
        self._clock = clock
        self._quiet_until = 0.0  # the service asked for no request before this
        try:
            self._http = httpx.AsyncClient(
                headers={"Mailsac-Key": key} if self._key_usable else {},
                follow_redirects=False,  # the key would be sent to wherever they lead
                timeout=timeout,
                transport=transport,
                trust_env=not is_loopback(base_url),
                verify=trust(base_url),
            )
        except (ImportError, ValueError, httpx.InvalidURL):  # their texts may hold a password
            raise SettingsInvalid(f"{BAD_PROXY}: start again with another, or none") from None

    async def aclose(self) -> None:
        """Close the pool."""
        await self._http.aclose()

    async def ask(
        self,
        method: str,
        kind: str,
        *path: str,
        query: Mapping[str, object] | None = None,
        body: object = None,
        account_wide: bool = False,
        once: bool = False,
    ) -> bytes:
        """Send a request and give the body of its answer.

        Args:
            method: the HTTP method; only GETs are sent again after a passing fault.
            kind: the word that the op is counted under.
            path: the parts of the path, unquoted.
            query: parameters, without those that are None.
            body: sent as JSON unless it is None.
            account_wide: the route names no address or domain that could be somebody else's.
            once: never send it a second time: whoever asks does that himself.

        Raises:
            ServiceError: as the tree in :mod:`sacterm.errors` says.
        """
        url = self._url(path, query or {})
        delays = backoff(0.7)
        attempt = 1
        self._check_quiet()
        while True:
            answer = await self._send(method, kind, url, body, account_wide)
            if isinstance(answer, bytes):
                return answer
            if isinstance(answer, RateLimited | ServerTrouble) and answer.retry_after:
                self._quiet_until = max(self._quiet_until, self._clock() + answer.retry_after)
            wait = again_in(answer, method=method, attempt=attempt, delay=next(delays))
            if wait is None or once:
                raise answer
            await self._sleep(wait)
            self._check_quiet()  # another request may have been told to wait meanwhile
            attempt += 1

    def _check_quiet(self) -> None:
        wait = self._quiet_until - self._clock()
        if wait > _TICK:
            raise RateLimited(f"the service wants no request for {wait:.0f} s", retry_after=wait)

    def _url(self, path: tuple[str, ...], query: Mapping[str, object]) -> str:
        if not self._key_usable:
            raise KeyRefused("the key holds characters that no key has")
        if not is_usable(self._base_url):
            raise Unexpected("the api URL cannot be used")
        for part in path:
            if part.strip() in ("", ".", ".."):
                # It would make the path that of another route: a delete would become a purge.
                raise Rejected(f"“{part}” is no address, id or label")
        parts = "/".join(quote(part, safe="", errors="replace") for part in path)
        said = {name: value for name, value in query.items() if value is not None}
        words = urlencode(said, quote_via=quote, errors="replace")
        return f"{self._base_url}/{parts}" + (f"?{words}" if words else "")

    async def _send(
        self, method: str, kind: str, url: str, body: object, account_wide: bool
    ) -> bytes | ServiceError:
        """One attempt. Faults are values, so that nothing of httpx is chained to what is raised."""
        content, headers = None, {}
        if body is not None:
            # ASCII with escapes: a note of the service may hold lone surrogates.
            content, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        counted = True
        try:
            async with self._http.stream(method, url, content=content, headers=headers) as response:
                received = bytearray()
                async for chunk in response.aiter_bytes():
                    received += chunk
                    if len(received) > LARGEST_BODY:
                        return Unexpected("the answer is larger than 64 MiB")
                if response.is_success:
                    self.accepted = True
                    date, age = response.headers.get("Date"), response.headers.get("Age")
                    self.skew = skew(date, age, datetime.now(UTC))
                    return bytes(received)
                return self._refusal(response, bytes(received), account_wide)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            counted = not isinstance(error, UNSENT)
            return _fault(error)
        finally:
            if counted:
                self._on_op(kind)

    def _refusal(self, response: httpx.Response, body: bytes, account_wide: bool) -> ServiceError:
        status = response.status_code
        said = plain(error_text(body), self._key)
        told = f" ({status}): {said}" if said else f" ({status})"
        there = http_date(response.headers.get("Date")) or datetime.now(UTC)
        wait = retry_after(response.headers.get("Retry-After"), there)
        match status:
            case 401 | 403 if account_wide or (status == 401 and not self.accepted):
                self.accepted = False
                return KeyRefused("the service refuses the key" + told, status=status)
            case 401 | 403:
                return OwnedByAnother("it belongs to another account" + told, status=status)
            case 404:
                return NotFound("it is not there" + told, status=status)
            case 418 | 420 | 429:
                spent = "too many requests, or the month's operations are spent"
                return RateLimited(spent + told, status=status, retry_after=wait)
            case _ if status >= 500:
                trouble = "the service has trouble"
                return ServerTrouble(trouble + told, status=status, retry_after=wait)
            case _ if status >= 400:
                return Rejected("the service refuses this" + told, status=status)
        return Unexpected(f"the service answers with a redirect ({status})", status=status)


def _fault(error: Exception) -> ServiceError:
    match error:
        case httpx.TimeoutException():
            return TimedOut("the service did not answer in time")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Unexpected("the api URL cannot be used")
        case httpx.DecodingError():
            return Unexpected("the answer cannot be unpacked")
        case httpx.RemoteProtocolError():
            return Cut("the answer was cut, or is none of HTTP")
        case httpx.TransportError() | OSError():
            if certificate_refused(error):
                return CertificateRefused(why(error))
            return Unreachable(why(error)) if isinstance(error, UNSENT) else Cut(why(error))
    return Unexpected("the answer is not one of HTTP")
