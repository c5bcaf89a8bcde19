"""Where the program begins. It imports next to nothing, so that Ctrl-C is answered well from the first moment on."""

from __future__ import annotations

import sys

from fivegwatch.storage.no_pandas import block_pandas

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of the signal."""


def main() -> int:
    """The exit code of the command that the process was started with."""
    try:
        block_pandas()
        from fivegwatch.flows.cli.main import main as run

        return run()
    except KeyboardInterrupt:
        print("fivegwatch: interrupted before it began.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
