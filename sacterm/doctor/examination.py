"""Looks at everything side by side, and says it in a fixed order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from sacterm.aside import Loop
from sacterm.doctor import service
from sacterm.doctor.findings import Case, Finding, Mark, masked
from sacterm.doctor.here import here, store
from sacterm.mailbox.caches import Caches
from sacterm.redact import install_log_filter
from sacterm.settings.keys import KeySource, KeyStatus

Found = Awaitable[tuple[str | None, KeyStatus]]


def run(case: Case, say: Callable[[str], object]) -> int:
    """Say each line as soon as it and those before it are known; the exit status."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(_run(case, say))


async def _run(case: Case, say: Callable[[str], object]) -> int:
    marks = set()
    async for finding in examine(case):
        marks.add(finding.mark)
        say(masked(str(finding), case))
    return int(Mark.BAD in marks)


async def examine(case: Case) -> AsyncIterator[Finding]:
    """All findings; no wait depends on another, but for those on the key and the way."""
    found = asyncio.wrap_future(case.looking)
    api_url, socket_url = case.settings.api_url, case.settings.socket_url
    api = asyncio.create_task(service.reached(api_url))
    socket = asyncio.create_task(service.reached(socket_url))
    looks = [
        asyncio.create_task(look)
        for look in (
            _key(found),
            _store(case, found),
            service.way("api", api_url, api),
            service.way("socket", socket_url, socket),
            _with_key("account", case, found, lambda key: service.account(case, key, api)),
            _with_key("live", case, found, lambda key: service.live(case, key, socket)),
            service.clock(api, socket),
        )
    ]
    for finding in here(case):
        yield finding
    for look in looks:
        yield await look


async def _key(found: Found) -> Finding:
    _, status = await found
    if status.source is KeySource.NONE:
        return Finding(Mark.BAD, "key", status.detail, "sacterm key set, or set MAILSAC_KEY")
    return Finding(Mark.WELL, "key", status.detail)


async def _store(case: Case, found: Found) -> Finding:
    if not case.settings.cache:
        return Finding(Mark.UNKNOWN, "store", "none: mail is not kept")
    key, _ = await found
    folder = case.locations.cache
    path = Caches(folder).find(key, case.settings.api_url) if key else None
    return await asyncio.to_thread(store, path, folder)


async def _with_key(
    topic: str, case: Case, found: Found, ask: Callable[[str], Awaitable[Finding]]
) -> Finding:
    key, _ = await found
    if not key:
        return Finding(Mark.UNKNOWN, topic, "not asked: there is no key")
    if not case.may_send:
        return Finding(Mark.UNKNOWN, topic, "not asked: the URLs may be others than those meant")
    install_log_filter(key)
    return await ask(key)
