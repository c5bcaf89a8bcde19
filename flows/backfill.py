"""The backfills as Prefect flows: one for each kind of request, whose form is made from the parameters of the request.

Each unit is a task run; the pages themselves never pass through Prefect.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from inspect import Parameter as Argument
from inspect import Signature
from typing import Annotated, Any, get_args, get_origin

from prefect import Flow, flow
from prefect.client.schemas.objects import State
from pydantic import Field

from fivegwatch.flows.engine import Ended, Engine, run_flow
from fivegwatch.flows.runs.backfill.account import Account
from fivegwatch.flows.runs.backfill.dry_run import dry_run
from fivegwatch.flows.runs.backfill.estimate import as_lines
from fivegwatch.flows.runs.backfill.forms import About, Parameter, parameters_of
from fivegwatch.flows.runs.backfill.options import RunOptions
from fivegwatch.flows.runs.backfill.run import run_backfill
from fivegwatch.flows.runs.backfill.sources import REQUESTS, Request
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.locks import backfill_lock

TABLE_ROWS = 200
_31, _30, _29 = "0[1-9]|[12][0-9]|3[01]", "0[1-9]|[12][0-9]|30", "0[1-9]|[12][0-9]"
DAY_PATTERN = rf"^[0-9]{{4}}-((0[13578]|1[02])-({_31})|(0[469]|11)-({_30})|02-({_29}))$"
Day = Annotated[date, Field(json_schema_extra={"pattern": DAY_PATTERN})]
"""A day in a Prefect form. It has a pattern, because the server does not check the format ``date``; the pattern refuses
days such as 2023-02-30.
"""
HOME = Parameter(
    name="home",
    type=str | None,
    default=None,
    about=About(
        "the working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in"
    ),
)
DRY_RUN = Parameter(
    name="dry_run", type=bool, default=False, about=About("say what to expect, and write nothing")
)


def flow_of(kind: type[Request]) -> Flow[..., Any]:
    """The flow ``backfill-NAME`` for the kind of request ``kind``. Its form has the parameters of the request and of
    the run.
    """
    own = [item for item in parameters_of(kind) if item.about.on_form]
    options = [item for item in kind.run_options() if item.about.on_form]
    required = [item for item in own if item.is_required]
    on_form = [*required, HOME, *(item for item in own if item not in required), *options, DRY_RUN]

    name = f"backfill-{kind.command}"

    def given(items: list[Parameter], values: dict[str, Any]) -> dict[str, Any]:
        some = {item.name: values[item.name] for item in items}
        return {key: tuple(value) if isinstance(value, list) else value for key, value in some.items()}

    async def backfill(**values: Any) -> State[Any]:
        async def work(settings: Settings, engine: Engine) -> Ended:
            request, run_options = kind(**given(own, values)), RunOptions(**given(options, values))
            if values["dry_run"]:
                return await _dry_run(settings, request, run_options)
            account = await run_backfill(
                settings, engine.report, request, flow=name, options=run_options, step=engine.step
            )
            return _ended(account, key=f"{name}-units")

        if values["dry_run"]:
            return await run_flow(name, values["home"], work, lock=lambda _: nullcontext())
        return await run_flow(name, values["home"], work, progress="units of this run", lock=backfill_lock)

    backfill.__name__ = backfill.__qualname__ = name.replace("-", "_")
    # Prefect makes the form from the signature and the docstring.
    backfill.__signature__ = Signature([_argument(item) for item in on_form])  # type: ignore[attr-defined]
    lines = [f"    {item.name}: {_sentence(item.about.help)}" for item in on_form]
    backfill.__doc__ = "\n".join([_sentence(kind.summary), "", "Args:", *lines])
    return flow(name=name, flow_run_name=name, validate_parameters=True, persist_result=False)(backfill)


def _argument(item: Parameter) -> Argument:
    annotation, default = item.type, Argument.empty if item.is_required else item.default
    if get_origin(annotation) is tuple:
        annotation, default = (list[str], default) if item.is_required else (list[str] | None, None)
    elif date in (annotation, *get_args(annotation)):
        annotation = Day if item.is_required else Day | None
    return Argument(item.name, Argument.KEYWORD_ONLY, default=default, annotation=annotation)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


async def _dry_run(settings: Settings, request: Request, options: RunOptions) -> Ended:
    estimate = await dry_run(settings, request, None, options)
    message = "; ".join(as_lines(estimate, settings))
    return Ended(message=message, name="Failed" if estimate.is_hopeless else "DryRun")


def _ended(account: Account, key: str) -> Ended:
    """What the run reports at its end, with a table of its units; if it had no units, with a table of its counts."""
    rows = sorted(account.by_unit.items(), key=lambda item: -item[1].total())[:TABLE_ROWS]
    table: list[dict[str, Any]] = [{"unit": name, **dict(counts)} for name, counts in rows]
    table += [{"unit": name, "failed": why} for name, why in sorted(account.problems.items())[:TABLE_ROWS]]
    counts = [{"count": name, "number": number} for name, number in account.flat().items()]
    state = "Failed" if account.has_failed() else "PartialSuccess" if account.units_failed else "Completed"
    return Ended(message=account.sentence(), key=key, table=table or counts, name=state)


# backfill_warc, backfill_sitemap, ...: the functions that entrypoints in prefect.yaml name.
globals().update({f"backfill_{kind.command}": flow_of(kind) for kind in REQUESTS})
