"""Where the program begins. It imports next to nothing, so that Ctrl-C is answered well from the first moment on."""

from __future__ import annotations

import signal
import sys

from fivegwatch.storage.no_pandas import block_pandas


def main() -> int:
    """The exit code of the command that the process was started with."""
    try:
        block_pandas()
        from fivegwatch.flows.cli.main import main as run

        return run()
    except KeyboardInterrupt:
        print("fivegwatch: interrupted before it began.", file=sys.stderr)
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
