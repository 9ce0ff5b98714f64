"""A running sandbox, and clients that share no code with sacterm's own."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest

from sacterm.sandbox.server import Sandbox
from tests.wire.independent import Rest, Smtp


@pytest.fixture
async def sandbox(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Sandbox]:
    """Whatever clients do, the servers must find nothing to complain of."""
    async with Sandbox() as running:
        yield running
    complaints = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR and record.name in ("asyncio", "uvicorn.error")
    ]
    assert complaints == []


@pytest.fixture
def rest(sandbox: Sandbox) -> Rest:
    return Rest(sandbox.api_url, sandbox.key)


@pytest.fixture
def smtp(sandbox: Sandbox) -> Smtp:
    return Smtp(sandbox.smtp_host, sandbox.smtp_port)
