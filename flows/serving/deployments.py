"""Reads the deployments of a ``prefect.yaml`` without a Prefect server, for the commands ``init`` and ``serve``."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import SettingsError

FILE_NAME = "prefect.yaml"
IGNORED = ("version", "version_type", "flow_name", "work_pool")
"""Keys of a deployment that concern `prefect deploy` only; `serve` runs the installed flow in a process of its own."""
KEYS = (
    "name", "description", "entrypoint", "tags", "parameters", "schedules", "paused", "concurrency_limit",
    "enforce_parameter_schema", "triggers", *IGNORED,
)  # fmt: skip
SCHEDULE_KEYS = (
    "cron",
    "interval",
    "rrule",
    "timezone",
    "active",
    "slug",
    "parameters",
    "anchor_date",
    "day_or",
)
_POOL = "  pool: &pool\n    name: fivegwatch\n"
_NAME = re.compile(r"^( *- name: )([\w-]+)$", re.MULTILINE)


def deployments_text() -> str:
    """The shipped ``prefect.yaml``."""
    return (resources.files("fivegwatch") / FILE_NAME).read_text(encoding="utf-8")


def deployments_text_for(folder: Path) -> str:
    """The shipped ``prefect.yaml`` for the working directory ``folder``: the name of each deployment ends with a mark
    of the directory.

    Without the mark, a second directory deployed to the same server would replace the deployments of the first. A
    worker starts runs in the folder of the watchlist, with the working directory in the environment: Prefect imports
    from the folder that a run starts in first, and a folder of the user may have the name of our package.
    """
    text = deployments_text()
    assert _POOL in text and "\ndeployments:\n" in text
    home = json.dumps(str(folder.absolute()), ensure_ascii=False)
    start = json.dumps(str(folder.absolute() / "watchlist"), ensure_ascii=False)
    run = (
        "    job_variables:  # where a worker's run works; write both paths again after moving the directory\n"
        f'      env: {{FIVEGWATCH_HOME: {home}, FIVEGWATCH_ENTER_HOME: "1", PYTHONSAFEPATH: "1"}}\n'
    )
    pull = (
        "\n# A run starts here: a folder named `fivegwatch` where it starts would be imported instead of the package.\n"
        f"pull:\n  - prefect.deployments.steps.set_working_directory: {{directory: {start}}}\n"
    )
    text = text.replace(_POOL, _POOL + run).replace("\ndeployments:\n", f"{pull}\ndeployments:\n", 1)
    return _NAME.sub(rf"\g<1>\g<2>.{directory_mark(folder)}", text)


def worker_home(text: str) -> str | None:
    """The working directory that ``text`` (a ``prefect.yaml``) gives to the runs of a worker; None if it gives none."""
    import yaml

    table = yaml.safe_load(text)
    for row in table.get("deployments") or () if isinstance(table, dict) else ():
        pool = row.get("work_pool") if isinstance(row, dict) else None
        variables = pool.get("job_variables") if isinstance(pool, dict) else None
        env = variables.get("env") if isinstance(variables, dict) else None
        if isinstance(env, dict) and env.get("FIVEGWATCH_HOME"):
            return str(env["FIVEGWATCH_HOME"])
    return None


def directory_mark(folder: Path) -> str:
    """A short text that distinguishes a directory from others: its name and four hex digits of the hash of its path."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")[:24].strip("-")
    digits = hashlib.sha256(str(folder.resolve()).encode(errors="surrogateescape")).hexdigest()[:4]
    return f"{name}-{digits}" if name else digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment of a ``prefect.yaml``."""

    name: str
    where: str
    """File and line of the deployment, for messages."""
    description: str
    entrypoint: str
    """Module and function of the flow, joined by dots."""
    tags: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    schedules: tuple[dict[str, Any], ...] = ()
    """The schedules as the file has them; ``serve`` has Prefect check them."""
    schedules_where: tuple[str, ...] = ()
    """File and line of each schedule, for messages."""
    paused: bool = False
    limit: int | None = None
    """Most runs of this deployment at a time; None for any number."""
    collision: str = "ENQUEUE"
    """What happens to a run above the limit."""
    enforce_parameter_schema: bool = True
    triggers: tuple[dict[str, Any], ...] = ()

    @property
    def flow_name(self) -> str:
        """The name of the deployment's flow in Prefect: that of its function, with dashes."""
        return self.entrypoint.rpartition(".")[2].replace("_", "-")

    @property
    def when(self) -> str:
        """The active schedules in a few words; ``switched off`` if none is active, ``by hand`` if there is none."""
        active = [] if self.paused else [item for item in self.schedules if item.get("active") is not False]
        times = [
            str(item.get("cron") or item.get("rrule") or f"every {item.get('interval')} s") for item in active
        ]
        zones = [f" ({item['timezone']})" if item.get("timezone") else "" for item in active]
        off = "switched off" if self.schedules else "by hand"
        return "; ".join(map("".join, zip(times, zones, strict=True))) or off


def read_deployments(text: str, file: str = FILE_NAME) -> tuple[Deployment, ...]:
    """The deployments in ``text``, the text of a ``prefect.yaml``.

    Raises:
        SettingsError: the text cannot be read, or it asks for something that ``serve`` cannot do; a line for each fault
            names file, line and remedy.
    """
    import yaml

    try:
        table: Any = yaml.safe_load(text)
        tree: Any = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as exc:  # ValueError: a time such as 25:00
        mark = getattr(exc, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(exc, "problem", None) or (
            f"not YAML ({exc})" if type(exc) is ValueError else "not YAML"
        )
        raise SettingsError(f"{file}{line}: {problem}. Mend it, or write it again: move it away and run"
                            " `fivegwatch init` here.", key=file) from exc  # fmt: skip
    rows = table.get("deployments") if isinstance(table, dict) else None
    if not isinstance(rows, list) or not rows:
        raise SettingsError(f"{file}:1: there is no list `deployments` with an entry. Write it again: move it away and"
                            " run `fivegwatch init` here.", key=file)  # fmt: skip
    # Of a key that is there twice, YAML takes the last one.
    nodes = [value for key, value in tree.value if key.value == "deployments"][-1].value
    faults: list[str] = []
    deployments = []
    for row, node in zip(rows, nodes, strict=True):
        reader = _Reader(file, node.start_mark.line + 1, _lines(node))
        wrong = list(reader.faults(row))
        faults += wrong
        if not wrong:
            deployments.append(reader.deployment(row))
    faults += _name_faults(deployments)
    if faults:
        raise SettingsError("\n".join(faults), key=file)
    return tuple(deployments)


def _lines(entry: Any) -> dict[str, int]:
    """The line of each key of an entry in the file, and of each schedule under the key ``schedules[0]`` and so on."""
    lines = {}
    for key, value in entry.value if entry.id == "mapping" else ():
        lines[str(key.value)] = key.start_mark.line + 1
        if key.value == "schedules" and value.id == "sequence":
            lines |= {f"schedules[{n}]": item.start_mark.line + 1 for n, item in enumerate(value.value)}
    return lines


def _name_faults(deployments: Collection[Deployment]) -> Iterator[str]:
    first: dict[tuple[str, str], Deployment] = {}
    for item in deployments:
        other = first.setdefault((item.flow_name, item.name), item)
        if other is not item:
            yield f"{item.where}: the name {item.name!r} of flow {item.flow_name!r} is used twice. Rename one of them."


@dataclass(frozen=True, slots=True)
class _Reader:
    """Checks and reads one entry of the file; ``lines`` holds the line of each key of the entry."""

    file: str
    line: int
    lines: dict[str, int]

    def faults(self, row: Any) -> Iterator[str]:
        """The faults of the entry, one line each."""
        if not isinstance(row, dict):
            yield f"{self._at('')}: an entry of `deployments` must be a table with name and entrypoint."
            return
        for key in row:
            if key not in KEYS:
                known = ", ".join(KEYS)
                yield (f"{self._at(key)}: `serve` does not know the key {key!r} of a deployment. Correct or remove it"
                       f" (known: {known}), or use `prefect deploy` and a worker.")  # fmt: skip
        for key in ("name", "entrypoint"):
            if not isinstance(row.get(key), str) or not row[key].strip() or re.search(r"[/%]", row[key]):
                yield f"{self._at(key)}: {key} must be a text without '/' and '%'. Write one."
        yield from self._type_faults(row)
        if isinstance(row.get("schedules"), list):
            for number, schedule in enumerate(row["schedules"]):
                yield from self._schedule_faults(schedule, self._at(f"schedules[{number}]"))
        for key in row:
            if key not in IGNORED and "{{" in str(row[key]):
                yield f"{self._at(key)}: `serve` fills in no templates ({{{{ .. }}}}). Write the value itself."

    def _type_faults(self, row: dict[str, Any]) -> Iterator[str]:
        kinds: dict[str, type | tuple[type, ...]] = {
            "description": str, "tags": list, "parameters": dict, "schedules": list, "paused": bool,
            "concurrency_limit": (int, dict), "enforce_parameter_schema": bool, "triggers": list,
        }  # fmt: skip
        for key, kind in kinds.items():
            if row.get(key) is not None and not isinstance(row[key], kind):
                yield f"{self._at(key)}: {key} has a value of the wrong kind: {row[key]!r}. Correct it."
        limit = row.get("concurrency_limit")
        number = limit.get("limit") if isinstance(limit, dict) else limit
        if limit is not None and not (isinstance(number, int) and number > 0):
            yield f"{self._at('concurrency_limit')}: concurrency_limit needs a whole number over 0. Write `limit: 1`."

    def _schedule_faults(self, schedule: Any, at: str) -> Iterator[str]:
        if not isinstance(schedule, dict):
            yield f'{at}: a schedule must be a table, for example `- cron: "*/15 * * * *"`.'
            return
        unknown = [key for key in schedule if key not in SCHEDULE_KEYS]
        if unknown:
            yield f"{at}: unknown key {unknown[0]!r} of a schedule. Known are {', '.join(SCHEDULE_KEYS)}."
        if sum(schedule.get(key) is not None for key in ("cron", "interval", "rrule")) != 1:
            yield f'{at}: a schedule needs one of cron, interval and rrule. Write `cron: "*/15 * * * *"`.'
        if not isinstance(schedule.get("active", True), bool):
            yield f"{at}: active must be true or false, not {schedule['active']!r}."

    def deployment(self, row: dict[str, Any]) -> Deployment:
        """The entry as a `Deployment`; it must have no faults."""
        limit = row.get("concurrency_limit")
        options = limit if isinstance(limit, dict) else {"limit": limit}
        return Deployment(
            name=row["name"],
            where=self._at(""),
            description=row.get("description") or "",
            entrypoint=row["entrypoint"],
            tags=tuple(map(str, row.get("tags") or ())),
            parameters=dict(row.get("parameters") or {}),
            schedules=tuple(row.get("schedules") or ()),
            schedules_where=tuple(
                self._at(f"schedules[{n}]") for n, _ in enumerate(row.get("schedules") or ())
            ),
            paused=bool(row.get("paused")),
            limit=options.get("limit"),
            collision=str(options.get("collision_strategy") or "ENQUEUE"),
            enforce_parameter_schema=row.get("enforce_parameter_schema") is not False,
            triggers=tuple(row.get("triggers") or ()),
        )

    def _at(self, key: str) -> str:
        return f"{self.file}:{self.lines.get(key, self.line)}"
