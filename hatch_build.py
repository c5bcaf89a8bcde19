"""Compiles `extractors/native` when the package is built; without a compiler the package is built without it."""

from __future__ import annotations

import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("fivegwatch", "extractors", "native")


class NativeBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles ``extractors/native/_compiled`` for the interpreter that builds."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the result into the wheel. A failure is a warning: the twins in Python do the work."""
        if self.target_name != "wheel":
            return
        made = FOLDER / f"_compiled{sysconfig.get_config_var('EXT_SUFFIX')}"
        command = [
            *shlex.split(sysconfig.get_config_var("LDSHARED") or "cc -shared"),
            *("-O2", "-fPIC", "-std=c11", "-Wall", "-Wextra"),
            f"-I{sysconfig.get_path('include')}",
            *(str(source) for source in sorted((Path(self.root) / FOLDER).glob("*.c"))),
            "-o",
            str(Path(self.root) / made),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - Python's own compiler
                command, capture_output=True, text=True, check=False
            )
            trouble = done.stderr if done.returncode else ""
        except OSError as exc:
            trouble = str(exc)
        if trouble:
            self.app.display_warning(
                f"{trouble}\nfivegwatch: the first look at pages could not be compiled ({command[0]}, headers of "
                "Python); backfills will be slower, nothing else changes."
            )
            return
        if version == "standard":
            build_data["force_include"][str(Path(self.root) / made)] = made.as_posix()
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
