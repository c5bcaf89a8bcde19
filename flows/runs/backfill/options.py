"""The options of a backfill run, which are the same for every kind of source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.runs.backfill.forms import About, Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions(Parameters):
    """The options of a run."""

    retry_failed: Annotated[bool, About("try failed units again, whatever the reason")] = False
    max_hours: Annotated[
        float | None, About("start no new work after this many hours; `resume` continues", metavar="H")
    ] = None
    list_only: Annotated[
        bool, About("only list addresses; a later run fetches their pages", on_form=False)
    ] = False
    scheduler: Annotated[
        str, About("address of a Dask scheduler, whose workers read the files", metavar="ADDRESS")
    ] = ""
    spool: Annotated[
        str,
        About(
            "where the workers deliver their results: s3://bucket/prefix, or file:/// on a shared disk",
            metavar="ADDRESS",
        ),
    ] = ""
    max_disk_gb: Annotated[
        float,
        About("most disk space that downloads may use at a time", metavar="SIZE", flag="--max-disk"),
    ] = 20.0

    def __post_init__(self) -> None:
        """Raise SettingsError for options that contradict each other."""
        Parameters.__post_init__(self)
        if bool(self.scheduler) != bool(self.spool):
            raise SettingsError(
                "--scheduler and --spool belong together: who reads, and where they deliver.", key="spool"
            )

    @property
    def max_s(self) -> float:
        """Seconds after which no new work is begun."""
        return self.max_hours * 3600 if self.max_hours else float("inf")
