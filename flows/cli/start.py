"""Where the program starts. It imports next to nothing, so that Ctrl-C is handled from the first moment on."""

from __future__ import annotations

import atexit
import os
import signal
import sys

from fivegwatch.storage.no_pandas import block_pandas


def main() -> int:
    """Run the command of this process; returns its exit code."""
    # Before it clears its memory, Python hands Ctrl-C back to the system, which would then kill a process whose work is
    # done, with an exit code that contradicts its output. Registered first, so it is carried out last.
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    try:
        open_standard_streams()
        block_pandas()
        from fivegwatch.flows.cli.main import main as run

        return run()
    except KeyboardInterrupt:
        print("fivegwatch: interrupted before it began.", file=sys.stderr)
        return 128 + signal.SIGINT
    finally:
        # Ctrl-C in code that is made from text, as methods of dataclasses are, is remembered by Python, which then ends
        # the process by the signal although it was answered. To run another text makes Python forget it.
        exec("")  # noqa: S102


def open_standard_streams() -> None:
    """Connect the standard streams that the caller has closed (``>&-``) to the null device.

    Otherwise the next file that is opened would get the number of a closed stream, and output would be printed into it.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdin = sys.stdin or open(0, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115


if __name__ == "__main__":
    sys.exit(main())
