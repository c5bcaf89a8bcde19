"""Write the reference pages from the code: ``python -m docs.generate`` (or ``make docs``).

A page is a function that returns its text; ``PAGES`` names its file. ``tests/docs/test_reference.py`` writes them again
and compares, so that no page can fall behind the code.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from docs.markdown import page, table
from docs.sql_page import sql_page
from fivegwatch.extractors.errors import KINDS, SettingsError
from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.watchlist.definitions import KEEP
from fivegwatch.flows.cli.main import EXIT_CODES, build_parser
from fivegwatch.flows.runs.condition import REASONS
from fivegwatch.flows.serving.deployments import Deployment, deployments_text, read_deployments
from fivegwatch.flows.settings import settings
from fivegwatch.flows.settings.bounds import limit_bounds
from fivegwatch.flows.settings.lake import LAKE_KEYS
from fivegwatch.flows.working_directory import TEMPLATE
from fivegwatch.sources.services.addresses import Services
from fivegwatch.storage.lake.definition import Lake

FOLDER = Path(__file__).parent / "reference"
ROOT = FOLDER.parent.parent


# --- The command line ------------------------------------------------------------------------------------------


def cli_page() -> str:
    """Every command with its arguments and example, as its parser knows them."""
    parser = build_parser()
    first = [
        (f"[`{name}`](#{_anchor(f'fivegwatch {name}')})", str(help)) for name, help, _ in _commands(parser)
    ]
    return page(
        "Commands",
        f"{parser.description}\n\n`fivegwatch COMMAND --help` prints the same. How a command ends:"
        " [exit codes](exit-codes.md).",
        table(("command", "what it does"), first),
        *(part for _, _, command in _commands(parser) for part in _command(command, 2)),
    )


def _command(parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    yield f"{'#' * level} {parser.prog}"
    if parser.description:
        yield _paragraphs(parser.description)
    shown = [action for action in parser._actions if action.dest != "help" and not _holds_commands(action)]
    rows = [(_name(action), _meaning(action, parser)) for action in shown]
    yield table(("argument", "meaning"), rows)
    if parser.epilog:
        _, _, lines = parser.epilog.partition("\n")
        yield "Example:\n\n```text\n" + inspect.cleandoc(lines) + "\n```"
    for _, summary, command in _commands(parser):
        if not command.description:
            command.description = f"{summary[:1].upper()}{summary[1:]}."
        yield from _command(command, level + 1)


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if _holds_commands(action):
            helps = {choice.dest: str(choice.help) for choice in action._get_subactions()}  # type: ignore[attr-defined]
            yield from ((name, helps.get(name, ""), sub) for name, sub in action.choices.items())  # type: ignore[union-attr]


def _holds_commands(action: argparse.Action) -> bool:
    return isinstance(action, argparse._SubParsersAction)


def _name(action: argparse.Action) -> str:
    names = action.metavar
    value = (" ".join(names) if isinstance(names, tuple) else names) or (
        "{" + ",".join(map(str, action.choices)) + "}" if action.choices else ""
    )
    if not action.option_strings:
        return f"`{value or action.dest}`" + {"?": " (optional)", "*": " ..", "+": " .."}.get(
            str(action.nargs), ""
        )
    if not value and action.nargs != 0:
        value = action.dest.upper()
    return ", ".join(f"`{option} {value}`" if value else f"`{option}`" for option in action.option_strings)


def _meaning(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    text = (action.help or "") % {**vars(action), "prog": parser.prog}
    if re.match(r"/.*/fivegwatch-demo", str(action.default)):
        text = text.replace(str(action.default), "`fivegwatch-demo` in the folder for temporary files")
    repeatable = type(action).__name__ == "_AppendAction" and text and "repeatable" not in text
    return text + (" (repeatable)" if repeatable else "")


def _paragraphs(text: str) -> str:
    return re.sub(r"``(.+?)``", r"`\1`", inspect.cleandoc(text).strip())


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def exit_codes_page() -> str:
    """What the number means with which a command ends."""
    return page(
        "Exit codes",
        "What the number means with which a command ends, for scripts and schedulers.",
        table(("code", "meaning"), [(f"`{code}`", meaning) for code, meaning in EXIT_CODES.items()]),
        "## Reasons of `status`",
        "`fivegwatch status` exits with 1 for these reasons: each is a line at its top, and in `reasons` of `--json`.",
        table(("kind", "meaning"), [(f"`{kind}`", meaning) for kind, meaning in REASONS.items()]),
    )


def kinds_page() -> str:
    """The words in the column ``kind`` of ``failures`` and in ``problem`` of ``entries``."""
    rows = [(", ".join(f"`{kind}`" for kind in kinds.split()), meaning) for meaning, kinds in KINDS.items()]
    rows.append(("`http_404` and so on", "the server answered with that status"))
    return page(
        "Kinds of problems",
        "The words for what went wrong with a feed or a page: `kind` in the view `failures`, `problem` in `entries`."
        " They stay the same in later versions; `message` beside them names the address and the remedy, if any.",
        table(("kind", "meaning"), rows),
    )


# --- Settings --------------------------------------------------------------------------------------------------


def settings_page() -> str:
    """Every key of ``fivegwatch.toml``: meaning, default, bounds."""
    values, notes = _defaults(settings.Settings), _notes(settings.Settings)
    rows = []
    for key in _keys():
        field = {"allow_addresses": "allow", "run_seconds": "run_s"}.get(key, key)
        default = {"database": '"corpus.duckdb"', "watchlist": '"watchlist"', "allow_addresses": "[]"}.get(
            key
        )
        default = default or _value(values[field])
        rows.append((f"`{key}`", notes.get(field, ""), f"`{default}`", _bounds(key, values[field])))
    limits = [
        (f"`{name}`", _notes(Limits).get(name, ""), f"`{_value(value)}`", _range(limit_bounds(name)))
        for name, value in _defaults(Limits).items()
    ]
    services = [
        (f"`{name}`", _notes(Services).get(name, ""), f"`{value}`")
        for name, value in _defaults(Services).items()
    ]
    replaced = [key for key in _keys() if f"FIVEGWATCH_{key.upper()}" in _ENVIRONMENT]
    environment = [(f"`FIVEGWATCH_{key.upper()}`", f"replaces `{key}`") for key in replaced]
    environment.insert(0, ("`FIVEGWATCH_HOME`", "the working directory, for commands without `--home`"))
    return page(
        "Settings",
        "`fivegwatch.toml` in the working directory. Every key may be left out; one that is not known, of the wrong"
        " type or out of bounds is refused with file, key and remedy.",
        table(("key", "meaning", "default", "bounds"), rows),
        "## Environment",
        table(("variable", "meaning"), environment),
        "## Judgement",
        "Key of the table `[judgement]`. Recall and precision were measured in the folds ([measured](../measured.md)).",
        table(
            ("key", "meaning", "default", "values"),
            [
                (
                    "`keep`",
                    _notes(settings.Settings)["keep"],
                    f"`{_value(values['keep'])}`",
                    ", ".join(f"`{value}`" for value in KEEP),
                )
            ],
        ),
        "## Corpus",
        "Keys of the table `[corpus]`: how the corpus is published ([how to share it](../how-to/lake.md)).",
        table(("key", "meaning", "default"), _corpus_rows()),
        "## Limits",
        "Keys of the table `[limits]`. Sizes are in bytes, times (`_s`) in seconds, lengths (`_chars`) in characters.",
        table(("key", "meaning", "default", "bounds"), limits),
        "## Services",
        "Keys of the table `[services]`: the base addresses that a backfill asks, for mirrors of your own.",
        table(("key", "meaning", "default"), services),
    )


def _corpus_rows() -> list[tuple[str, str, str]]:
    first = (
        "`publish`",
        "`file`, or `lake`: into a DuckLake too, for readers on other machines.",
        '`"file"`',
    )
    keys = LAKE_KEYS.items()
    return [
        first,
        *((f"`{key}`", _notes(Lake)[field], f"`{_value(default)}`") for key, (field, default) in keys),
    ]


_ENVIRONMENT = ("FIVEGWATCH_CONTACT", "FIVEGWATCH_DATABASE")
"""``tests/docs/test_reference.py`` checks that they are those that settings read."""


def _keys() -> list[str]:
    """The keys of the file outside its tables, as the refusal of an unknown one lists them, in the template's order."""
    known = re.search(r"Known keys: ([\w, ]+)", _refusal("no_such_key = 1"))
    assert known
    keys = set(known[1].split(", ")) - {"limits", "services", "judgement", "corpus"}
    return sorted(keys, key=lambda key: TEMPLATE.find(f"{key} ="))


def _bounds(key: str, default: Any) -> str:
    """What a number may be, as the refusals of one too small and one too large say."""
    if isinstance(default, bool) or not isinstance(default, int | float):
        return ""
    least, most = re.findall(r"from ([\d,.]+) to ([\d,.]+\d)", _refusal(f"{key} = -1"))[0]
    return f"{least} to {most}"


def _refusal(line: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / settings.FILE_NAME).write_text(line, encoding="utf-8")
        try:
            settings.load_settings({}, folder)
        except SettingsError as error:
            return str(error)
    return ""


def _defaults(kind: type) -> dict[str, Any]:
    import dataclasses

    return {
        item.name: (item.default_factory() if callable(item.default_factory) else item.default)
        for item in dataclasses.fields(kind)
    }


def _notes(kind: type) -> dict[str, str]:
    """The text below each field of a class."""
    body = ast.parse(inspect.getsource(kind)).body[0].body  # type: ignore[attr-defined]
    notes = {}
    for field, note in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(note, ast.Expr)
            and isinstance(note.value, ast.Constant)
        ):
            notes[field.target.id] = _paragraphs(str(note.value.value))  # type: ignore[union-attr]
    return notes


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return f"{value:_}" if isinstance(value, int) else f'"{value}"' if isinstance(value, str) else str(value)


def _range(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:,} to {bounds[1]:,}"


# --- Deployments -----------------------------------------------------------------------------------------------


def deployments_page() -> str:
    """Every deployment of ``prefect.yaml`` and the form of its flow."""
    deployments = read_deployments(deployments_text())
    return page(
        "Deployments",
        "What [`prefect.yaml`](../../prefect.yaml) deploys and `fivegwatch serve` runs. The names in a directory's"
        " file end in a mark of the directory, such as `daily.5g-1c9f`, so that several directories can use one server."
        " Runs of a directory wait for each other; a scheduled run that comes while another of its kind works or waits"
        " is skipped.",
        table(
            ("deployment", "when", "what it does"),
            [(f"[`{_flow(item)}/{item.name}`](#{_anchor(_flow(item))}{item.name})", _when(item), item.description)
             for item in deployments],
        ),
        *(part for item in deployments for part in _deployment(item)),
    )  # fmt: skip


def _deployment(item: Deployment) -> Iterator[str]:
    module, _, name = item.entrypoint.rpartition(".")
    function = getattr(import_module(module), name).fn
    notes = _argument_notes(inspect.getdoc(function) or "")
    rows = []
    for argument in inspect.signature(function).parameters.values():
        value = "required" if argument.default is argument.empty else f"`{_value(argument.default)}`"
        if argument.name in item.parameters:
            value = f"`{_value(item.parameters[argument.name])}`"
        rows.append((f"`{argument.name}`", notes.get(argument.name, ""), value))
    yield f"## {_flow(item)}/{item.name}"
    yield f"Flow `{item.entrypoint}`."
    yield table(("parameter", "meaning", "value here"), rows)


def _flow(item: Deployment) -> str:
    return item.entrypoint.rpartition(".")[2].replace("_", "-")


def _when(item: Deployment) -> str:
    return f"`{item.when}`" if item.schedules else item.when


def _argument_notes(text: str) -> dict[str, str]:
    """The lines under ``Args:`` in a flow's docstring."""
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", text.partition("Args:\n")[2], re.MULTILINE)
    return {name: _paragraphs(" ".join(note.split())) for name, note in found}


# --- The rooms -------------------------------------------------------------------------------------------------

ARCHITECTURE = FOLDER.parent / "architecture.md"
_ROOMS = re.compile(r"(?<=<!-- rooms -->\n).*?(?=<!-- end -->)", re.DOTALL)


def architecture_page() -> str:
    """``architecture.md`` with its table of sub-packages as their docstrings have it."""
    rows = []
    for room in ("extractors", "sources", "storage", "desk", "flows", "watchlist"):
        for file in sorted((ROOT / room).rglob("__init__.py")):
            note = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            if file.parent != ROOT / room:
                rows.append((f"`{file.parent.relative_to(ROOT)}/`", _paragraphs(note.partition("\n\n")[0])))
    return _ROOMS.sub(
        lambda _: table(("sub-package", "what it holds"), rows) + "\n", ARCHITECTURE.read_text("utf-8")
    )


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "settings.md": settings_page,
    "sql.md": sql_page,
    "exit-codes.md": exit_codes_page,
    "deployments.md": deployments_page,
    "kinds.md": kinds_page,
}


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    ARCHITECTURE.write_text(architecture_page(), encoding="utf-8")
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
