"""The options of ``sacterm sandbox``. Light: servers are imported when one is run."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sacterm.sandbox.faults import HELP as FAULTS_HELP

if TYPE_CHECKING:
    from sacterm.sandbox.scenario import Scenario
    from sacterm.sandbox.server import Companion

DESCRIPTION = """\
A Mailsac on your own machine: mail goes in by SMTP, and comes out by the same REST API and web
socket. It takes mail for any address, keeps it in memory unless --data is given, sends nothing
anywhere, and prints where it listens."""

EPILOG = FAULTS_HELP


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options; the parser's description and epilog become the sandbox's."""
    parser.description = DESCRIPTION
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="for REST and web socket (a free one)"
    )
    parser.add_argument(
        "--smtp-port", type=_port, default=0, metavar="N", help="for mail (a free one)"
    )
    parser.add_argument("--key", type=_key, help="the API key to accept (a made-up one)")
    parser.add_argument(
        "--samples", type=_count, default=0, metavar="N", help="begin with so many sample mails"
    )
    parser.add_argument(
        "--data", type=Path, metavar="FILE", help="keep everything but the key in this file"
    )
    faults = parser.add_mutually_exclusive_group()
    faults.add_argument(
        "--scenario", type=_scenario, metavar="FILE", help="misbehave as this file says"
    )
    faults.add_argument("--chaos", type=int, metavar="SEED", help="misbehave at random, for ever")


def main(options: argparse.Namespace) -> int:
    """Runs the sandbox until Ctrl-C. Returns the exit code."""
    from sacterm.sandbox.demo import stock
    from sacterm.sandbox.server import Sandbox, run

    sandbox = Sandbox(
        host=options.host,
        port=options.port,
        smtp_port=options.smtp_port,
        key=options.key,
        data=options.data,
    )
    filling = stock(options.samples) if options.samples else None
    return run(sandbox, *misbehaving(options), stock=filling)


def misbehaving(options: argparse.Namespace) -> list[Companion]:
    """What plays the faults that were asked for, if any."""
    from sacterm.sandbox.scenario import chaos, playing

    if options.scenario:
        return [playing([options.scenario])]
    return [] if options.chaos is None else [playing(chaos(options.chaos))]


def _scenario(text: str) -> Scenario:
    from sacterm.sandbox.scenario import ScenarioInvalid, read

    try:
        return read(Path(text))
    except ScenarioInvalid as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return count


def _key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise argparse.ArgumentTypeError("a key has letters, digits, _ and - only")
    return text
