"""``python -m sacterm``."""

from sacterm.cli import main

raise SystemExit(main())
