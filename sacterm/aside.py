"""Work that nobody waits for at the end: a keyring or a name server may be silent for very long."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T]) -> Future[T]:
    """Begin work in a thread that does not keep the process from ending; what becomes of it."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever waits is told of all
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return future


if sys.platform == "win32":
    _UsualLoop = asyncio.ProactorEventLoop
else:
    _UsualLoop = asyncio.SelectorEventLoop


class Loop(_UsualLoop):
    """The usual event loop, but for names, which it has looked up aside.

    The library's own looks them up in threads that it waits for at the end.
    """

    async def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """The addresses of a host, as :func:`socket.getaddrinfo` gives them."""
        look_up = partial(socket.getaddrinfo, host, port, family, type, proto, flags)
        return await asyncio.wrap_future(aside(look_up), loop=self)
