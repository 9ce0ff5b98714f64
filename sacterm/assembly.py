"""The only place where the parts are put together."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from functools import partial
from typing import TYPE_CHECKING

from sacterm.aside import aside
from sacterm.errors import KeyringUnavailable, SactermError, SettingsInvalid
from sacterm.redact import install_log_filter, redact

if TYPE_CHECKING:
    from sacterm.mailbox.caches import Caches
    from sacterm.mailbox.service import Wire
    from sacterm.mailbox.session import Session
    from sacterm.mailbox.store import Store
    from sacterm.model import Account
    from sacterm.settings.config import Loaded
    from sacterm.settings.keys import KeyStore
    from sacterm.settings.locations import Locations
    from sacterm.settings.options import Settings
    from sacterm.tui.launch import Launch

_KEYRING_IS_QUICK = 0.5  # seconds that a start waits for it without saying so


def own_launch(options: argparse.Namespace, until_end: contextlib.ExitStack) -> Launch:
    """What the app starts with on the user's account.

    Args:
        options: of the command line.
        until_end: takes what a demo that is begun from the app needs.

    Raises:
        SettingsInvalid: as :func:`url_problem` says.
    """
    from sacterm.mailbox.caches import Caches
    from sacterm.mailbox.store import Store
    from sacterm.settings.keys import KeyStore
    from sacterm.settings.locations import user_locations

    keys = KeyStore(options.profile, environ=os.environ)
    finding = aside(partial(_find_key, keys))  # it goes on during the imports

    from sacterm.tui.launch import Launch

    locations = user_locations()
    loaded = chosen_settings(options, locations)
    settings = loaded.settings
    if problem := url_problem(loaded):
        raise SettingsInvalid(problem)
    answered = bool(wait([finding], timeout=_KEYRING_IS_QUICK).done)
    key, key_problem = finding.result() if answered else (None, "")
    caches = Caches(locations.cache)
    start = partial(_session, settings=settings, ops_limit=options.ops_limit)

    def open_session(key: str, account: Account | None) -> Session | None:
        if settings.cache:
            store = caches.open(key, settings.api_url, account.id if account else None)
        else:
            store = Store(None) if account else None
        if store is None:
            return None
        keeps = not store.keeps_nothing
        moved = partial(_bind, caches, key, settings) if keeps else lambda account: None
        return start(store, key, account=account, moved=moved)

    def start_demo() -> Launch:
        places = until_end.enter_context(started_sandbox(["--demo"]))
        launch = demo_launch(places, settings, tour=True)
        launch.notes += ("start sacterm again to enter a key",)
        return launch

    return Launch(
        settings=settings,
        problems=loaded.problems,
        view_state=locations.view_state_file(options.profile),
        key=key,
        key_problem=key_problem,
        asking=None if answered else finding,
        check=lambda key: _check(key, settings),
        keep_key=keys.keep,
        open=open_session,
        demo=start_demo,
    )


def demo_launch(
    places: Mapping[str, str], settings: Settings | None = None, *, tour: bool = False
) -> Launch:
    """What the app starts with on a demo's sandbox: nothing of the real account's.

    Args:
        places: as :func:`started_sandbox` gives them.
        settings: what the user chose; None: the defaults.
        tour: whether the tour of hints is shown.
    """
    from msgspec.structs import replace

    from sacterm.mailbox.store import Store
    from sacterm.sandbox.samples import PUBLIC_INBOX
    from sacterm.settings.options import Settings
    from sacterm.tui.launch import Launch

    settings = replace(settings or Settings(), api_url=places["api"], socket_url=places["socket"])

    def open_session(key: str, account: Account | None) -> Session | None:
        if account is None:
            return None
        return _session(Store(None), key, settings, account=account, watch=(PUBLIC_INBOX,))

    def refuse(key: str) -> None:
        raise KeyringUnavailable("the demo keeps no key")

    return Launch(
        settings=settings,
        key=places["key"],
        check=lambda key: _check(key, settings),
        keep_key=refuse,
        open=open_session,
        tour=tour,
        notes=(f"smtp {places['smtp']}",),
    )


@contextlib.contextmanager
def started_sandbox(arguments: Sequence[str]) -> Iterator[dict[str, str]]:
    """A sandbox in a process of its own, and where it is to be found, by the word of each line.

    It ends when its standard input does, so it cannot outlive this process.
    """
    command = [sys.executable, "-m", "sacterm.sandbox", *arguments]
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(  # noqa: S603 - this very program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process,
    ):
        assert process.stdin and process.stdout
        places: dict[str, str] = {}
        while places.keys() != {"api", "socket", "smtp", "key"}:
            line = process.stdout.readline()
            if not line:
                complaints.seek(0)
                why = complaints.read().strip().rpartition("\n")[2]
                raise SactermError(f"the sandbox did not start: {redact(why)}")
            word, _, place = line.strip().partition(" ")
            places[word] = place
        try:
            yield places
        finally:
            process.stdin.close()
            process.terminate()


def chosen_settings(options: argparse.Namespace, locations: Locations) -> Loaded:
    """The settings of this run, what is wrong with those that were left out, and the origins."""
    from sacterm.settings.config import load
    from sacterm.tui.keymap import choose

    loaded = load(
        locations.settings_file,
        os.environ,
        api=options.api,
        socket=options.socket,
        cache=False if options.no_cache else None,
        themes=theme_names(),
    )
    _, problems = choose(loaded.settings.keymap, loaded.settings.keys)
    return loaded._replace(problems=(*loaded.problems, *problems))


def theme_names() -> frozenset[str]:
    """The themes there are."""
    from sacterm.tui.themes import NAMES

    return NAMES


def url_problem(loaded: Loaded) -> str:
    """Why no key may be sent to the URLs of this run, or nothing.

    A URL given for it cannot be used, or only one of the two is given: the key would go where it
    was not meant to go.
    """
    from sacterm.settings.options import Settings

    for problem in loaded.problems:
        if problem.startswith(("--", "SACTERM_")):
            return problem
    default, settings = Settings(), loaded.settings
    if (settings.api_url == default.api_url) != (settings.socket_url == default.socket_url):
        return "api and socket belong together: set both URLs, or neither"
    return ""


def all_problems(loaded: Loaded) -> tuple[str, ...]:
    """What is wrong with the settings, one by one and together."""
    return tuple(dict.fromkeys(filter(None, (*loaded.problems, url_problem(loaded)))))


def _find_key(keys: KeyStore) -> tuple[str | None, str]:
    try:
        return keys.find(), ""
    except (KeyringUnavailable, SettingsInvalid) as error:
        return None, f"{error} · {error.remedy}" if error.remedy else str(error)


async def _check(key: str, settings: Settings) -> Account:
    wire = await _connect(key, settings, lambda kind: None)
    try:
        return await wire.service.me()
    finally:
        await wire.service.aclose()


async def _connect(key: str, settings: Settings, on_op: Callable[[str], None]) -> Wire:
    # in a thread: imports and the TLS context take two tenths of a second, and the screen is up
    return await asyncio.to_thread(_wire, key, settings, on_op)


def _wire(key: str, settings: Settings, on_op: Callable[[str], None]) -> Wire:
    from sacterm.mailbox.service import Wire
    from sacterm.mailsac.feed import Feed
    from sacterm.mailsac.rest import MailsacClient

    install_log_filter(key)
    client = MailsacClient(key, base_url=settings.api_url, on_op=on_op)
    return Wire(client, Feed(key, url=settings.socket_url))


def _bind(caches: Caches, key: str, settings: Settings, account: Account) -> None:
    caches.bind(key, settings.api_url, account.id)


def _session(
    store: Store,
    key: str,
    settings: Settings,
    *,
    account: Account | None = None,
    watch: Sequence[str] = (),
    ops_limit: int | None = None,
    moved: Callable[[Account], None] = lambda account: None,
) -> Session:
    from sacterm.mailbox.session import Session

    return Session(
        store,
        lambda on_op: _connect(key, settings, on_op),
        refresh_every=settings.refresh_every,
        delete_grace=settings.delete_grace,
        read_sync=settings.read_sync,
        account=account,
        ops_limit=ops_limit,
        watch=watch,
        moved=moved,
    )
