"""sacterm under a profiler: ``python -m tests.bench.profiled FILE [ARGUMENT…]``."""

from __future__ import annotations

import cProfile
import sys

from sacterm.cli import main

if __name__ == "__main__":
    profile = cProfile.Profile()
    status = profile.runcall(main, sys.argv[2:])
    profile.dump_stats(sys.argv[1])
    sys.exit(status)
