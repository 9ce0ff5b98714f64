"""``sacterm key``."""

from __future__ import annotations

import argparse
import os
import sys
from getpass import getpass


def run_key(options: argparse.Namespace) -> int:
    """Set the key, show its state, or delete it; the exit status."""
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
