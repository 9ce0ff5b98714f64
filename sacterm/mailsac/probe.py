"""Looks whether the service can be reached at all, and whether its socket takes a key.

Neither look costs an op: the one sends no key, the other subscribes to nothing.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

import httpx

from sacterm.errors import (
    CertificateRefused,
    KeyRefused,
    ServiceError,
    TimedOut,
    Unexpected,
    Unreachable,
)
from sacterm.mailsac.dates import http_date
from sacterm.mailsac.decode import Confirmed, Frame
from sacterm.mailsac.link import Fault, Link, Pace
from sacterm.mailsac.network import (
    BAD_PROXY,
    certificate_refused,
    is_loopback,
    is_usable,
    trust,
    why,
)

_GOODBYE = 0.2  # seconds for the service to agree to an end
_STATUS = re.compile(r".* (\(\d{3}\))$")  # how a status frame is told, after its own words


class Reached(NamedTuple):
    """What a server said without being asked for anything.

    Attributes:
        seconds: from the look-up of its name to its answer.
        tls: the protocol's version as ``TLSv1.3``, or "" where there is none.
        ahead: seconds by which the clock here is ahead of the server's, right to about a
            second; None where the server names no time (RFC 9110, 6.6.1).
    """

    seconds: float
    tls: str
    ahead: float | None


async def reach(url: str, *, limit: float) -> Reached:
    """Connect as a request would, through the same proxies, and ask for headers without a key.

    Args:
        url: of the API or the socket.
        limit: seconds for all of it.

    Raises:
        ServiceError: why there is no connection; in our words alone.
    """
    if not is_usable(url):
        raise Unexpected("the URL cannot be used")
    begun = time.monotonic()
    plain = re.sub("^ws", "http", url, flags=re.IGNORECASE)
    try:
        async with (
            asyncio.timeout(limit),
            httpx.AsyncClient(
                verify=await asyncio.to_thread(trust, plain),
                trust_env=not is_loopback(url),
                timeout=limit,
            ) as http,
            http.stream("HEAD", plain) as response,
        ):
            stream = response.extensions["network_stream"]
            tls: ssl.SSLObject | None = stream.get_extra_info("ssl_object")
            version = (tls.version() or "") if tls else ""
            date = http_date(response.headers.get("Date"))
            cached = "Age" in response.headers  # an old answer tells an old time
            ahead = None if date is None or cached else (datetime.now(UTC) - date).total_seconds()
    except (TimeoutError, httpx.TimeoutException):
        error: ServiceError = TimedOut("no answer in time")
    except httpx.RemoteProtocolError:
        error = Unreachable("the answer is none of HTTP")
    except (ImportError, ValueError, httpx.InvalidURL):  # their texts may hold a password
        error = Unreachable(BAD_PROXY)
    except (httpx.HTTPError, OSError) as cause:
        kind = CertificateRefused if certificate_refused(cause) else Unreachable
        error = kind(why(cause))
    else:
        return Reached(time.monotonic() - begun, version, ahead)
    raise error


async def try_socket(url: str, key: str, *, limit: float) -> None:
    """Open the socket with the key and without a name, wait to be confirmed, and leave.

    Args:
        url: where the socket is, without a query.
        key: the Mailsac key; the service takes it in the URL alone.
        limit: seconds for all of it.

    Raises:
        ServiceError: what came instead, without the service's own words.
    """
    first: asyncio.Future[Fault | None] = asyncio.get_running_loop().create_future()

    def hear(link: Link, said: Frame | Fault) -> None:
        if not first.done() and isinstance(said, Confirmed | Fault):
            first.set_result(said if isinstance(said, Fault) else None)

    link = Link(
        frozenset(),
        url=f"{url}?key={quote(key, safe='')}&addresses=",
        pace=Pace(handshake=limit, confirmation=limit, closing=_GOODBYE),
        context=lambda: trust(url),
        tell=hear,
        keep_up=lambda: asyncio.sleep(0),
    )
    running = asyncio.create_task(link.run())
    try:
        await asyncio.wait((first, running), timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        await link.close()
    finally:
        running.cancel()
        await asyncio.wait((running,))
    if first.done():
        fault = first.result()
    elif running.cancelled():
        fault = Fault("no answer in time")
    else:
        # the library's own: a proxy that it cannot parse, or needs one more package for
        running.exception()
        fault = Fault(BAD_PROXY)
    if fault is not None:
        raise _error(fault)


def _error(fault: Fault) -> ServiceError:
    if fault.remedy == CertificateRefused.remedy:
        return CertificateRefused(fault.reason)
    if fault.remedy == KeyRefused.remedy:
        return KeyRefused(fault.reason.partition(": ")[0])
    return Unreachable(_STATUS.sub(r"the service answers with an error \1", fault.reason))
