"""The sandbox as a whole: one mailroom, its doors, and the command that runs it."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute

from sacterm.redact import install_log_filter
from sacterm.sandbox.answers import error_response, on_http_error
from sacterm.sandbox.api import Api
from sacterm.sandbox.faults import Faults
from sacterm.sandbox.intake import Intake
from sacterm.sandbox.journal import Journal, JournalInvalid
from sacterm.sandbox.mailroom import Mailroom
from sacterm.sandbox.records import Plan
from sacterm.sandbox.registry import new_key
from sacterm.sandbox.serving import Gate, Limits, WebServer, authority, listen
from sacterm.sandbox.smtp import SmtpServer
from sacterm.sandbox.sockets import Hub

ACCOUNT = "sandbox"
STRANGER = "somebody-else"
TAKEN = "taken@mailsac.com"  # the stranger's, so that 401 and 403 can be seen
LIMITS = Limits()
PATIENCE = 0.6  # seconds that the first lines may wait for the stock of mail


class StartFailed(Exception):
    """A port is in use, or the file cannot be used. One readable line."""


class Sandbox:
    """A Mailsac of its own, serving inside ``async with``.

    Args:
        host: the interface to listen on.
        port: for HTTP and web sockets; 0 takes a free one.
        smtp_port: for mail; 0 takes a free one.
        key: the account's API key; made up if not given.
        account: the name of the account.
        plan: what it may use.
        data: a file to keep everything in but the keys; None keeps it in memory.
        limits: how long clients may take, and how many they may be.

    Attributes:
        mailroom: the state and its rules.
        faults: how it misbehaves at present; ``misbehave`` sets it.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        smtp_port: int = 0,
        key: str | None = None,
        account: str = ACCOUNT,
        plan: Plan | None = None,
        data: Path | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self.account = account
        self.key = key or new_key()
        self.mailroom = Mailroom()
        self.mailroom.create_account(account, key=self.key, plan=plan)
        self.mailroom.create_account(STRANGER, key=new_key())
        self.faults = Faults()
        self.smtp_host = host
        self.smtp_port = smtp_port
        self.intake = Intake(self.mailroom)
        self._host = host
        self._port = port
        self._limits = limits
        self._journal = Journal(data) if data else None
        self._stopping = asyncio.Event()
        self._hub = Hub(self.mailroom, self.faults, self._transport)
        self._api = Api(
            self.intake,
            self.faults,
            misbehave=self.misbehave,
            transport_of=self._transport,
            stopping=self._stopping,
        )
        self._web: WebServer | None = None
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Opens the doors.

        Raises:
            StartFailed: a port or the file cannot be had.
        """
        try:
            async with AsyncExitStack() as opening:
                opening.callback(self.intake.close)
                if self._journal:
                    opening.callback(self._journal.close)
                    self._recall(self._journal)
                await self._start(opening)
                self._open = opening.pop_all()
        except (OSError, JournalInvalid) as error:
            raise StartFailed(str(error)) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends every connection, task and thread, within two seconds."""
        self._stopping.set()
        await self._open.aclose()

    def _recall(self, journal: Journal) -> None:
        self.mailroom.load(journal.read())
        journal.open(self.mailroom.records())
        self.mailroom.keep = journal.keep

    async def _start(self, opening: AsyncExitStack) -> None:
        if self.mailroom.address(TAKEN) is None:
            self.mailroom.reserve(STRANGER, [TAKEN])
        web_door = opening.enter_context(listen(self._host, self._port))
        smtp_door = opening.enter_context(listen(self._host, self.smtp_port))
        self._port = web_door.getsockname()[1]
        self.smtp_port = smtp_door.getsockname()[1]
        app = Starlette(
            routes=[
                *self._api.routes(),
                WebSocketRoute("/incoming-messages", self._hub.connect),
            ],
            exception_handlers={HTTPException: on_http_error},
        )
        app.router.redirect_slashes = False
        refuse = error_response(403, "this Host, Origin or framing is not served here")
        refuse.headers["Connection"] = "close"
        self._web = WebServer(web_door, Gate(app, self._host, refuse), self._limits)
        opening.push_async_callback(self._web.close)
        await self._web.start()
        smtp = SmtpServer(smtp_door, self.intake, self._limits)
        opening.push_async_callback(smtp.close)
        await smtp.start()

    @property
    def api_url(self) -> str:
        """The base of the REST API."""
        return f"http://{authority(self._host)}:{self._port}/api"

    @property
    def socket_url(self) -> str:
        """The web socket, without a query."""
        return f"ws://{authority(self._host)}:{self._port}/incoming-messages"

    @property
    def requests(self) -> Counter[tuple[str, str]]:
        """How often each route was asked, by method and path (``/addresses/{email}``)."""
        return self._api.requests

    @property
    def sockets_opened(self) -> int:
        """How many web sockets were accepted so far."""
        return self._hub.opened

    @property
    def sockets_open(self) -> int:
        """How many web sockets are open now."""
        return self._hub.open

    def misbehave(self, faults: Faults) -> None:
        """Does as the faults say from now on; ``Faults()`` ends them all."""
        for name in Faults.__struct_fields__:
            setattr(self.faults, name, getattr(faults, name))
        self._hub.act()

    def _transport(self, connection: HTTPConnection) -> asyncio.Transport | None:
        return self._web.transport(connection.scope) if self._web else None


Companion = Callable[[Sandbox, asyncio.Event], Coroutine[None, None, None]]
"""Something that goes on beside a sandbox until it is cancelled; it may set the event to end."""


def run(
    sandbox: Sandbox,
    *companions: Companion,
    stock: Companion | None = None,
    patience: float | None = PATIENCE,
) -> int:
    """Serves until Ctrl-C or SIGTERM, and prints where: four lines, and nothing else.

    Args:
        sandbox: what to serve; not entered yet.
        companions: what goes on beside it.
        stock: what fills it first; where that takes long, it goes on beside it too.
        patience: seconds that the lines wait for it; None: until it is done.

    Returns:
        The exit code: 0, or 1 where it could not start, with one line on stderr.
    """
    install_log_filter()
    # Clients that send nonsense are none of the user's business.
    logging.getLogger().setLevel(logging.ERROR)
    try:
        asyncio.run(_run(sandbox, companions, stock, patience))
    except StartFailed as error:
        print(f"sacterm: the sandbox cannot start: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(
    sandbox: Sandbox,
    companions: Iterable[Companion],
    stock: Companion | None,
    patience: float | None,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    async with sandbox, asyncio.TaskGroup() as group:
        tasks = []
        if stock:
            tasks.append(group.create_task(stock(sandbox, stop)))
            await asyncio.wait(tasks, timeout=patience)
        tasks += [group.create_task(companion(sandbox, stop)) for companion in companions]
        print("api", sandbox.api_url, flush=True)
        print("socket", sandbox.socket_url, flush=True)
        print("smtp", f"{authority(sandbox.smtp_host)}:{sandbox.smtp_port}", flush=True)
        print("key", sandbox.key, flush=True)
        await stop.wait()
        for task in tasks:
            task.cancel()
