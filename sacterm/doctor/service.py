"""What the service says: whether it is reached, takes the key, and has the same time."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from sacterm.doctor.findings import Case, Finding, Mark
from sacterm.errors import (
    CertificateRefused,
    KeyRefused,
    RateLimited,
    ServerTrouble,
    ServiceError,
    TimedOut,
)
from sacterm.mailsac.network import is_loopback, is_plain
from sacterm.mailsac.probe import Reached, reach, try_socket
from sacterm.mailsac.rest import MailsacClient
from sacterm.model import Account

LIMIT = 3.0  # seconds for each answer
SKEW = 60  # seconds by which clocks may differ

Reaching = asyncio.Task[Reached | ServiceError]


async def reached(url: str) -> Reached | ServiceError:
    """What a look without the key gives."""
    try:
        return await reach(url, limit=LIMIT)
    except ServiceError as error:
        return error


async def way(topic: str, url: str, reaching: Reaching) -> Finding:
    """Whether there is a way to the API, or to the socket."""
    match await reaching:
        case ServiceError() as error:
            return Finding(Mark.BAD, topic, f"{_place(url)}: {error}", _remedy(error))
        case look:
            pass
    said = f"{_place(url)} in {look.seconds:.2f} s{f', {look.tls}' if look.tls else ''}"
    if is_plain(url) and not is_loopback(url):
        said += ", without TLS: others on the way can read the key"
    return Finding(Mark.WELL, topic, said)


async def account(case: Case, key: str, reaching: Reaching) -> Finding:
    """Whether the API takes the key, and what is left of the month; costs an op."""
    if isinstance(await reaching, ServiceError):
        return Finding(Mark.UNKNOWN, "account", "not asked: the API was not reached")
    ops: list[str] = []
    client = MailsacClient(key, base_url=case.settings.api_url, on_op=ops.append, timeout=LIMIT)
    try:
        async with asyncio.timeout(LIMIT):
            case.account = await client.me()
    except TimeoutError:
        error: ServiceError = TimedOut("no answer in time")
    except ServiceError as cause:
        error = cause
    else:
        return _of_account(case.account, _cost(ops))
    finally:
        await client.aclose()
    return Finding(Mark.BAD, "account", f"{_own_words(error)} ({_cost(ops)})", _remedy(error))


def _of_account(account: Account, cost: str) -> Finding:
    used, limit = account.ops_used, account.ops_limit
    said = f"the key is good ({cost})"
    if used is not None and limit is not None:
        said = f"the key is good, {used:,} of {limit:,} ops are used this month ({cost})"
        if used >= limit:
            return Finding(Mark.BAD, "account", said, "wait for the 1st, UTC, or get more ops")
    if account.disabled or account.billing_hold:
        why = "disabled" if account.disabled else "on hold for its bill"
        return Finding(Mark.BAD, "account", f"{said}, the account is {why}", "see mailsac.com")
    return Finding(Mark.WELL, "account", said)


async def live(case: Case, key: str, reaching: Reaching) -> Finding:
    """Whether the socket takes the key; costs nothing, as no address is asked for."""
    if isinstance(await reaching, ServiceError):
        return Finding(Mark.UNKNOWN, "live", "not asked: the socket was not reached")
    try:
        await try_socket(case.settings.socket_url, key, limit=LIMIT)
    except ServiceError as error:
        return Finding(Mark.BAD, "live", str(error), _remedy(error))
    return Finding(Mark.WELL, "live", "the socket takes the key")


async def clock(*reaching: Reaching) -> Finding:
    """Whether the time here is that of the service."""
    for look in [await one for one in reaching]:
        if isinstance(look, Reached) and look.ahead is not None:
            off = round(look.ahead)
            said = f"{abs(off):,} s {'ahead of' if off > 0 else 'behind'} the service"
            if abs(off) > SKEW:
                return Finding(Mark.BAD, "clock", said, "set the clock: ages and waits are wrong")
            return Finding(Mark.WELL, "clock", said if off else "the same as the service")
    return Finding(Mark.UNKNOWN, "clock", "the service named no time")


def _place(url: str) -> str:
    """A URL without its path, which may be as good as a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _cost(ops: list[str]) -> str:
    return f"{len(ops)} {'op' if len(ops) == 1 else 'ops'}"


def _own_words(error: ServiceError) -> str:
    """What went wrong, without the words of the service: they may name the account."""
    if error.status is None:
        return str(error)
    said = "refuses the key" if isinstance(error, KeyRefused) else "answers with an error"
    return f"the service {said} ({error.status})"


def _remedy(error: ServiceError) -> str:
    match error:
        case KeyRefused() | CertificateRefused():
            return error.remedy
        case RateLimited() | ServerTrouble():
            return "try again later"
    return "check the network, the URLs in the settings, or a proxy in between"
