"""The command line, and the only place where the parts are put together.

Each command imports what it needs and no more: the app loads no server, the server no screen.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import tomllib
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from datetime import datetime
from functools import partial
from getpass import getpass
from typing import TYPE_CHECKING

from sacterm import __version__
from sacterm.aside import Loop, aside
from sacterm.errors import KeyringUnavailable, SactermError, SettingsInvalid
from sacterm.redact import install_log_filter, redact

if TYPE_CHECKING:
    from sacterm.mailbox.caches import Caches
    from sacterm.mailbox.service import Wire
    from sacterm.mailbox.session import Session
    from sacterm.mailbox.store import Store
    from sacterm.model import Account
    from sacterm.settings.config import Settings
    from sacterm.settings.keys import KeyStore
    from sacterm.settings.locations import Locations
    from sacterm.tui.launch import Launch

_KEYRING_IS_QUICK = 0.5  # seconds that a start waits for it without saying so
_EXAMPLES = """\
examples:
  sacterm                        your own account, live
  sacterm demo                   try it: a Mailsac on this machine, with mail coming in
  sacterm key set                keep an API key in the keyring (asks for it)
  pass mailsac | sacterm key set
  sacterm --profile work         another account
  sacterm config set theme sacterm-light
  sacterm doctor                 looks for what is wrong, and prints it for a bug report
  sacterm sandbox --smtp-port 2525
                                 a Mailsac on this machine for your own tests

The key comes from MAILSAC_KEY in the environment, else from the keyring. Press ? in the app for
its keys.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    install_log_filter()
    parser = _parser()
    options = parser.parse_args(argv)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except SactermError as error:
        remedy = f" · {error.remedy}" if error.remedy else ""
        print(f"sacterm: {error}{remedy}", file=sys.stderr)
        return 2 if isinstance(error, SettingsInvalid) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads, as head does, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception:  # noqa: BLE001 - its own text may hold the key
        _tell_fault(traceback.format_exc(), os.environ.get("MAILSAC_KEY", "").strip())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sacterm",
        description="A live Mailsac inbox in the terminal.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sacterm {__version__}")
    parser.add_argument("--profile", default="default", metavar="NAME", help="which account's key")
    parser.add_argument("--api", metavar="URL", help="REST base, instead of the setting")
    parser.add_argument("--socket", metavar="URL", help="web socket, instead of the setting")
    parser.add_argument("--no-cache", action="store_true", help="keep nothing on this disk")
    parser.add_argument(
        "--ops-limit",
        type=_ops,
        metavar="N",
        help="spend N ops at most, but for what a key asks for",
    )
    parser.set_defaults(run=_run_app)
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")

    demo = commands.add_parser("demo", help="try it on a Mailsac on this machine")
    demo.add_argument("--quiet", action="store_true", help="no new mail by itself")
    demo.set_defaults(run=_run_demo)

    key = commands.add_parser("key", help="set, show the state of, or delete the API key")
    key.add_argument("action", choices=("set", "status", "delete"))
    key.set_defaults(run=_run_key)

    config = commands.add_parser("config", help="where the settings are; set one of them")
    config.add_argument("action", choices=("path", "set"))
    config.add_argument("name", nargs="?", help="with set: the setting")
    config.add_argument("value", nargs="?", help="with set: its value")
    config.set_defaults(run=_run_config)

    doctor = commands.add_parser("doctor", help="look for what is wrong, for a bug report (1 op)")
    doctor.set_defaults(run=_run_doctor)

    from sacterm.sandbox import command as sandbox

    sandbox_parser = commands.add_parser("sandbox", help="run a Mailsac on this machine")
    sandbox.add_arguments(sandbox_parser)
    sandbox_parser.set_defaults(run=sandbox.main)
    return parser


def _ops(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("a number of ops is wanted")
    return int(text)


def _run_app(options: argparse.Namespace) -> int:
    from sacterm.mailbox.caches import Caches
    from sacterm.mailbox.store import Store
    from sacterm.settings.keys import KeyStore
    from sacterm.settings.locations import user_locations

    if not _has_terminal():
        return 2
    keys = KeyStore(options.profile, environ=os.environ)
    finding = aside(partial(_find_key, keys))  # it goes on during the imports

    from sacterm.tui.launch import Launch

    locations = user_locations()
    settings, problems = _settings(options, locations)
    _check_urls(settings, problems)
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

    return _show(
        Launch(
            settings=settings,
            problems=problems,
            view_state=locations.view_state_file(options.profile),
            key=key,
            key_problem=key_problem,
            asking=None if answered else finding,
            check=lambda key: _check(key, settings),
            keep_key=keys.keep,
            open=open_session,
        )
    )


def _run_demo(options: argparse.Namespace) -> int:
    if not _has_terminal():
        return 2
    with started_sandbox(["--demo", *(["--quiet"] if options.quiet else [])]) as places:
        return _show(demo_launch(places))


def demo_launch(places: Mapping[str, str]) -> Launch:
    """What the app starts with on a demo's sandbox: nothing of the real account's.

    Args:
        places: as :func:`started_sandbox` gives them.
    """
    from sacterm.mailbox.store import Store
    from sacterm.sandbox.samples import PUBLIC_INBOX
    from sacterm.settings.config import Settings
    from sacterm.tui.launch import Launch

    settings = Settings(api_url=places["api"], socket_url=places["socket"])

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
        notes=(f"smtp {places['smtp']}",),
    )


def _run_key(options: argparse.Namespace) -> int:
    from sacterm.settings.keys import KeySource, KeyStore

    keys = KeyStore(options.profile, environ=os.environ)
    if options.action == "set":
        try:
            given = getpass("API key: ") if sys.stdin.isatty() else sys.stdin.readline()
        except EOFError:
            given = ""
        keys.keep(given)
        print("The key is in the keyring.")
        return 0
    if options.action == "delete":
        print("The key was deleted." if keys.delete() else "There was no key.")
        return 0
    status = keys.status()
    print(status.detail)
    return 0 if status.source is not KeySource.NONE else 1


def _run_config(options: argparse.Namespace) -> int:
    from sacterm.settings.config import save
    from sacterm.settings.locations import user_locations

    file = user_locations().settings_file
    if options.action == "set":
        if options.name is None or options.value is None:
            raise SettingsInvalid("a name and a value are wanted: sacterm config set NAME VALUE")
        value = _value(options.value)
        if options.name == "theme" and value not in (names := _theme_names()):
            raise SettingsInvalid(f"theme: one of {', '.join(sorted(names))} is wanted")
        save(file, options.name, value)
    print(file)
    return 0


def _run_doctor(options: argparse.Namespace) -> int:
    from sacterm.settings.keys import KeyStore
    from sacterm.settings.locations import user_locations

    looking = aside(KeyStore(options.profile, environ=os.environ).look)

    from sacterm.doctor.examination import run
    from sacterm.doctor.findings import Case

    locations = user_locations()
    settings, problems = _settings(options, locations)
    may_send = True
    try:
        _check_urls(settings, problems)
    except SettingsInvalid as error:
        may_send = False
        problems = tuple(dict.fromkeys((*problems, str(error))))
    painted = (sys.stdin, sys.stdout, sys.stderr)
    case = Case(
        settings=settings,
        problems=problems,
        may_send=may_send,
        locations=locations,
        environ=os.environ,
        looking=looking,
        size=os.get_terminal_size() if all(stream.isatty() for stream in painted) else None,
        encoding=sys.stderr.encoding,
    )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # not every terminal has a "·"
    return run(case, partial(print, flush=True))


def _settings(
    options: argparse.Namespace, locations: Locations
) -> tuple[Settings, tuple[str, ...]]:
    """The settings of this run, and what is wrong with those that were left out."""
    from sacterm.settings.config import load

    return load(
        locations.settings_file,
        os.environ,
        api=options.api,
        socket=options.socket,
        cache=False if options.no_cache else None,
        themes=_theme_names(),
    )


def _theme_names() -> frozenset[str]:
    from sacterm.tui.themes import NAMES

    return NAMES


def _value(text: str) -> object:
    """What is meant by a word of the command line: as TOML has it, or else the word itself."""
    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {text}")["value"]
    return text


def _has_terminal() -> bool:
    # the screen is painted on stderr, so it has to be the terminal as well
    if sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty():
        return True
    print("sacterm is a full-screen program: run it in a terminal", file=sys.stderr)
    return False


def _check_urls(settings: Settings, problems: Sequence[str]) -> None:
    """Keep a key from being sent where it was not meant to go.

    Raises:
        SettingsInvalid: a URL given for this run cannot be used, or only one of the two is given.
    """
    from sacterm.settings.config import Settings

    for problem in problems:
        if problem.startswith(("--", "SACTERM_")):
            raise SettingsInvalid(problem)
    default = Settings()
    if (settings.api_url == default.api_url) != (settings.socket_url == default.socket_url):
        raise SettingsInvalid("api and socket belong together: set both URLs, or neither")


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


def _show(launch: Launch) -> int:
    from sacterm.tui.app import SactermApp

    app = SactermApp(launch)
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(app.run_async())
    if fault := app.fault:
        _tell_fault(fault, launch.key or "")
    if app.complaint:
        print(f"sacterm: {app.complaint}", file=sys.stderr)
    return app.return_code or 0


def _tell_fault(fault: str, key: str) -> None:
    report = _keep_report(redact(fault, key))
    print(f"sacterm met a fault of its own and ended. {report}", file=sys.stderr)


def _keep_report(text: str) -> str:
    from sacterm.settings.locations import user_locations, write_private

    file = user_locations().state / f"crash-{datetime.now():%Y%m%d-%H%M%S}.txt"
    try:
        write_private(file, text.encode("utf-8", "replace"))
    except OSError as error:
        return f"The report could not be kept ({error.strerror}):\n{text}"
    return f"The report: {file}"


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
