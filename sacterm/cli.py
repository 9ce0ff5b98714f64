"""The command line: what can be said to it, and what becomes of an error.

Each command imports what it needs and no more: the app loads no server, the server no screen.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from sacterm import __version__
from sacterm.crash import tell_fault
from sacterm.errors import SactermError, SettingsInvalid
from sacterm.redact import install_log_filter
from sacterm.subcommands.app import run_app, run_demo
from sacterm.subcommands.completion import SHELLS, run_completion
from sacterm.subcommands.config import run_edit, run_path, run_set, run_show
from sacterm.subcommands.doctor import run_doctor
from sacterm.subcommands.key import run_key
from sacterm.subcommands.keys import run_keys

_EXAMPLES = """\
examples:
  sacterm                        your own account, live
  sacterm demo                   try it: a Mailsac on this machine, with mail coming in
  sacterm key set                keep an API key in the keyring (asks for it)
  pass mailsac | sacterm key set
  sacterm --profile work         another account
  sacterm config edit            the settings, in your editor
  sacterm keys                   prints all commands and your keys for them
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
        tell_fault(traceback.format_exc(), os.environ.get("MAILSAC_KEY", "").strip())
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
    parser.set_defaults(run=run_app)
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")

    demo = commands.add_parser("demo", help="try it on a Mailsac on this machine")
    demo.add_argument("--quiet", action="store_true", help="no new mail by itself, and no hints")
    demo.set_defaults(run=run_demo)
    for each in (parser, demo):
        each.add_argument(
            "--screenshot",
            type=_svg,
            default=argparse.SUPPRESS,
            metavar="FILE",
            help="write a picture of the demo, an SVG, and end",
        )
        each.add_argument(
            "--size",
            type=_size,
            default=argparse.SUPPRESS,
            metavar="COLSxROWS",
            help="of the picture (120x40)",
        )
    parser.set_defaults(screenshot=None, size=(120, 40))

    key = commands.add_parser("key", help="set, show the state of, or delete the API key")
    key.add_argument("action", choices=("set", "status", "delete"))
    key.set_defaults(run=run_key)

    config = commands.add_parser("config", help="see and change the settings")
    actions = config.add_subparsers(title="actions", required=True, metavar="ACTION")
    for name, what, run in (
        ("path", "print where the settings are", run_path),
        ("show", "print every setting, and where its value comes from", run_show),
        ("edit", "open them in $VISUAL or $EDITOR, and say what is wrong", run_edit),
        ("set", "change one of them", run_set),
    ):
        action = actions.add_parser(name, help=what)
        action.set_defaults(run=run)
        if run is run_set:
            action.add_argument("name", metavar="NAME", help="of the setting; a key's: keys.ID")
            action.add_argument("value", metavar="VALUE", help="as the file has it; quotes may go")

    keys = commands.add_parser("keys", help="print all commands and their keys")
    presets = ("vim", "arrows", "mutt")
    keys.add_argument("--preset", choices=presets, help="the keys of this one, instead of yours")
    keys.set_defaults(run=run_keys)

    doctor = commands.add_parser("doctor", help="look for what is wrong, for a bug report (1 op)")
    doctor.set_defaults(run=run_doctor)

    completion = commands.add_parser("completion", help="print what completes this in your shell")
    completion.add_argument("shell", choices=SHELLS)
    completion.set_defaults(run=run_completion, parser=parser)

    from sacterm.sandbox import command as sandbox

    sandbox_parser = commands.add_parser("sandbox", help="run a Mailsac on this machine")
    sandbox.add_arguments(sandbox_parser)
    sandbox_parser.set_defaults(run=sandbox.main)
    return parser


def _ops(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("a number of ops is wanted")
    return int(text)


def _svg(text: str) -> Path:
    if not text.lower().endswith(".svg"):
        raise argparse.ArgumentTypeError(
            "the picture is an SVG: a name that ends in .svg is wanted"
        )
    return Path(text)


def _size(text: str) -> tuple[int, int]:
    size = re.fullmatch(r"(\d{2,3})x(\d{2,3})", text)
    if not size or (columns := int(size[1])) < 80 or (rows := int(size[2])) < 20:
        raise argparse.ArgumentTypeError("COLSxROWS is wanted, 80x20 at least")
    return columns, rows
