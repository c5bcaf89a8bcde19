"""The named queries, read from the SQL files of this folder.

A file has the name of its query and begins with comments as a header. The SQL refers to a parameter as ``$name``::

    -- title: What is new?
    -- description: The stories seen last, newest first. A long text
    --     continues on lines that are indented.
    -- param language (text, default '', example de): BCP 47 language; empty for all.
    -- param since (date, example 2026-01-01): First day, by UTC.
    select .. from stories where ($language = '' or language = $language) and published_day >= $since

The types are text, integer, number, boolean and date. A parameter without a default is required; ``default null`` means
SQL's null. The SQL is one SELECT.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from fivegwatch.extractors.errors import QueryError
from fivegwatch.extractors.facts.country_codes import country_hint, is_country
from fivegwatch.storage.connections import quoted

Value = str | int | float | bool | date | None

FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_FIELD = re.compile(r"-- (title|description|param): (.+)|-- (param) (.+)")
_PARAMETER = re.compile(
    r"(?P<name>[a-z_]+) \((?P<type>\w+)(?:, default (?P<default>'[^']*'|[^,)]+))?,"
    r" example (?P<example>'[^']*'|[^)]+)\): (?P<meaning>.+)"
)
_STRINGS_AND_COMMENTS = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
_PARAMETERS = (
    'struct("name" varchar, "type" varchar, "example" varchar, "meaning" varchar, "required" boolean,'
    ' "default" varchar)[]'
)
_COLUMNS = {
    "name": "Name of the query, such as who-bans-whom.",
    "title": "The question that it answers.",
    "description": "What it gives.",
    "parameters": "Its parameters: name, type, example, meaning, required, default (null when there is none).",
    "sql": "The SQL; parameters are written $name.",
}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a named query."""

    name: str
    type: str
    """text, integer, number, boolean or date."""
    meaning: str
    example: str
    required: bool
    default: Value = None

    def value(self, text: str) -> Value:
        """``text`` as a value of this parameter's type; a country code must exist.

        Raises: QueryError when ``text`` is no such value.
        """
        if self.name == "country" and text and not is_country(text.upper()):
            raise QueryError(f"country {text!r}: none has this code; {country_hint(text)}", kind="parameter")
        return self.converted(text)

    def converted(self, text: str) -> Value:
        """``text`` as a value of this parameter's type, without the check of country codes that `value` makes. The list
        of countries would be imported by every process that opens a corpus.

        Raises: QueryError when ``text`` is no such value.
        """
        try:
            return _converted(self.type, text)
        except (ValueError, KeyError):
            kinds = {
                "date": "a date such as 2026-01-31",
                "integer": "a whole number",
                "boolean": "true or false",
            }
            wanted = kinds.get(self.type, f"a {self.type}")
            raise QueryError(
                f"parameter {self.name} must be {wanted}, not {text!r}.", kind="parameter"
            ) from None

    @property
    def usage(self) -> str:
        """The parameter as written on the command line; in brackets if it is optional."""
        text = f"{self.name}={shlex.quote(self.example)}"
        return text if self.required else f"[{text}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuery:
    """A query with its name, description and parameters."""

    name: str
    title: str
    """The question that it answers."""
    description: str
    parameters: tuple[Parameter, ...]
    sql: str
    """One SELECT; parameters are written ``$name``."""

    def values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """The values of all parameters: for those in ``given`` the converted texts, for the others their defaults.

        Raises: QueryError for an unknown, a missing or a malformed parameter; the message lists the parameters.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        unknown = sorted(set(given) - set(known))
        missing = [name for name, one in known.items() if one.required and name not in given]
        if unknown or missing:
            fault = f"has no parameter {unknown[0]!r}" if unknown else f"needs the parameter {missing[0]!r}"
            usage = " ".join(one.usage for one in self.parameters) or "none"
            raise QueryError(f"query {self.name} {fault}. Its parameters: {usage}", kind="parameter")
        return {name: one.value(given[name]) if name in given else one.default for name, one in known.items()}

    @property
    def examples(self) -> dict[str, str]:
        """An example value for every required parameter, enough to run the query."""
        return {one.name: one.example for one in self.parameters if one.required}


@cache
def named_queries() -> dict[str, NamedQuery]:
    """All named queries by name, sorted by name.

    Raises: QueryError for a malformed file; the message names the file and the fault.
    """
    return {path.stem: parse(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.sql"))}


def queries_view() -> str:
    """SQL that creates the view ``queries``, which lists the named queries for every tool that opens a corpus."""
    rows = ",\n".join(map(_row, named_queries().values()))
    comments = "".join(
        f"comment on column queries.{column} is {quoted(text)};\n" for column, text in _COLUMNS.items()
    )
    names = ", ".join(_COLUMNS)
    return (
        f"create or replace view queries as select * from (values {rows}) as q({names});\n"  # noqa: S608 - our files
        "comment on view queries is 'Questions that analysts ask often, as SQL. Run one with: fivegwatch sql --query"
        f" NAME --param name=value.';\n{comments}"
    )


def _row(query: NamedQuery) -> str:
    parameters = ", ".join(map(_struct, query.parameters))
    texts = ", ".join(map(quoted, (query.name, query.title, query.description)))
    return f"({texts}, [{parameters}]::{_PARAMETERS}, {quoted(query.sql)})"


def _struct(one: Parameter) -> str:
    default = "null" if one.required or one.default is None else quoted(str(one.default))
    fields = {"name": one.name, "type": one.type, "example": one.example, "meaning": one.meaning}
    texts = ", ".join(f"{quoted(name)}: {quoted(text)}" for name, text in fields.items())
    return f"{{{texts}, 'required': {str(one.required).lower()}, 'default': {default}}}"


def named_query(name: str) -> NamedQuery:
    """The named query ``name``.

    Raises: QueryError when there is none; the message lists the names.
    """
    queries = named_queries()
    if name not in queries:
        raise QueryError(f"there is no query {name!r}. The queries are: {', '.join(queries)}.", kind="query")
    return queries[name]


def parse(name: str, text: str) -> NamedQuery:
    """The query ``name``, read from ``text``, the content of its file.

    Raises: QueryError when the header is malformed or does not fit the SQL.
    """
    header, sql = _split(text)
    fields: dict[str, list[str]] = {"title": [], "description": [], "param": []}
    for line in header:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise _fault(name, f"line not understood: {line}")
        fields[field[1] or field[3]].append(field[2] or field[4])
    if len(fields["title"]) != 1 or len(fields["description"]) != 1 or not _NAME.fullmatch(name):
        raise _fault(name, "it needs a name of letters, digits and hyphens, one title and one description")
    parameters = tuple(_parameter(name, text) for text in fields["param"])
    used = set(re.findall(r"\$([a-z_]+)", _STRINGS_AND_COMMENTS.sub("", sql)))
    if used != {parameter.name for parameter in parameters} or not sql:
        raise _fault(name, f"its SQL uses the parameters {sorted(used)}, its header describes others")
    return NamedQuery(
        name=name,
        title=fields["title"][0],
        description=fields["description"][0],
        parameters=parameters,
        sql=sql,
    )


def _split(text: str) -> tuple[list[str], str]:
    """The fields of the header, each on one line, and the SQL below it."""
    lines = text.splitlines()
    end = next((at for at, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header: list[str] = []
    for line in lines[:end]:
        if line.startswith("--  ") and header:
            header[-1] += " " + line.removeprefix("--").strip()
        else:
            header.append(line.rstrip())
    return header, "\n".join(lines[end:]).strip().removesuffix(";")


def _parameter(query: str, text: str) -> Parameter:
    parts = _PARAMETER.fullmatch(text)
    if parts is None or parts["type"] not in ("text", "integer", "number", "boolean", "date"):
        raise _fault(query, f"parameter not understood: {text}")
    default = parts["default"]
    bare = Parameter(
        name=parts["name"],
        type=parts["type"],
        meaning=parts["meaning"],
        example=parts["example"].strip("'"),
        required=default is None,
    )
    bare.converted(bare.example)
    if default is None or default == "null":
        return bare
    value = bare.converted(default.strip("'"))
    return Parameter(
        name=bare.name,
        type=bare.type,
        meaning=bare.meaning,
        example=bare.example,
        required=False,
        default=value,
    )


def _converted(kind: str, text: str) -> Value:
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text)
    if kind == "boolean":
        return _TRUTH[text.strip().lower()]
    return date.fromisoformat(text.strip()) if kind == "date" else text


def _fault(name: str, what: str) -> QueryError:
    return QueryError(f"storage/read/named/{name}.sql: {what}.", kind="query")
