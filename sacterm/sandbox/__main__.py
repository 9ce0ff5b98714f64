"""``python -m sacterm.sandbox``: as ``sacterm sandbox``, or with ``--demo`` the demo's part."""

from __future__ import annotations

import argparse
import sys

from sacterm.sandbox import command


def main() -> int:
    """Runs the sandbox. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sacterm.sandbox")
    command.add_arguments(parser)
    demo = parser.add_argument_group("for sacterm demo, which starts this as a child process")
    demo.add_argument("--demo", action="store_true", help="play the demo until standard input ends")
    demo.add_argument("--quiet", action="store_true", help="mail nothing new")
    demo.add_argument("--seed", type=int, default=1, metavar="N", help="of what is made up")
    demo.add_argument(
        "--every", type=float, metavar="SECONDS", help="between new mails (3 to 8, at random)"
    )
    demo.add_argument("--stocked", action="store_true", help="begin when all the mail is there")
    options = parser.parse_args()
    if not options.demo:
        return command.main(options)
    from sacterm.sandbox.demo import play

    return play(options)


if __name__ == "__main__":
    sys.exit(main())
