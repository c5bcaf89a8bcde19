"""Print a script that completes commands and options with the Tab key.

For bash, in a shell where `fivegwatch` is found:

  fivegwatch completion bash > ~/.local/share/bash-completion/completions/fivegwatch

For zsh, in a folder of its `fpath`: `fivegwatch completion zsh > DIR/_fivegwatch`. For tcsh, in `~/.tcshrc`:
`eval "`fivegwatch completion tcsh`"`. Print it again after an upgrade.
"""

from __future__ import annotations

import argparse

EXAMPLE = """example:
  fivegwatch completion bash > ~/.local/share/bash-completion/completions/fivegwatch"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `completion` to ``parser``."""
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell")


def run(args: argparse.Namespace) -> int:
    """Print the script; returns the exit code."""
    import shtab

    from fivegwatch.flows.cli.main import build_parser

    print(shtab.complete(build_parser(), shell=args.shell))
    return 0
