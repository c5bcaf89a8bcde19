"""Named queries: every file is sound and runs with its examples; parameters are checked before anything is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.connections import Connection
from fivegwatch.storage.read.named.catalogue import named_queries, named_query, parse
from fivegwatch.storage.schema.migrate import migrate

HEADER = "-- title: Q?\n-- description: What it gives,\n--     in two lines.\n"


@pytest.fixture(scope="module")
def empty() -> Iterator[Connection]:
    with duckdb.connect() as con:
        migrate(con)
        yield con


@pytest.mark.parametrize("name", named_queries())
def test_every_named_query_runs_with_its_defaults_and_with_all_examples(empty: Connection, name: str) -> None:
    query = named_query(name)
    assert len(duckdb.extract_statements(query.sql)) == 1
    for given in (query.examples, {one.name: one.example for one in query.parameters}):
        empty.execute(query.sql, query.values(given)).fetchall()


def test_a_file_gives_its_texts_and_typed_parameters() -> None:
    head = HEADER + "-- param since (date, default null, example 2026-01-31): Day.\n"
    head += "-- param rows (integer, example 5): Rows.\n"
    query = parse("q", head + "select $since, $rows, '$text', 1 -- $comment\n")
    assert query.description == "What it gives, in two lines."
    assert query.values({"rows": "7"}) == {"since": None, "rows": 7}
    assert query.values({"rows": "7", "since": "2026-02-01"})["since"] == date(2026, 2, 1)
    assert [one.usage for one in query.parameters] == ["[since=2026-01-31]", "rows=5"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "needs the parameter 'country'"),
        ({"country": "DE", "land": "DE"}, "no parameter 'land'"),
    ],
)
def test_a_missing_or_unknown_parameter_is_answered_with_the_ones_there_are(
    given: dict[str, str], words: str
) -> None:
    query = parse("q", HEADER + "-- param country (text, example DE): Code.\nselect $country")
    with pytest.raises(QueryError, match=words) as caught:
        query.values(given)
    assert "country=DE" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"), [("ZZ", "none has this code; .*ISO 3166-1"), ("UK", "did you mean 'GB'")]
)
def test_a_country_that_does_not_exist_is_refused(code: str, words: str) -> None:
    query = parse("q", HEADER + "-- param country (text, default '', example DE): Code.\nselect $country")
    with pytest.raises(QueryError, match=words):
        query.values({"country": code})
    assert query.values({"country": "de"}) == {"country": "de"} and query.values({"country": ""}) == {
        "country": ""
    }


@pytest.mark.parametrize(
    ("kind", "example", "wrong"),
    [
        ("date", "2026-01-31", "31.1.26"),
        ("integer", "5", "five"),
        ("number", "0.5", "x"),
        ("boolean", "true", "maybe"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, example: str, wrong: str) -> None:
    query = parse("q", HEADER + f"-- param x ({kind}, example {example}): X.\nselect $x")
    with pytest.raises(QueryError, match="parameter x must be"):
        query.values({"x": wrong})


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "-- title: Q?\nselect 1",
        HEADER + "-- author: me\nselect 1",
        HEADER + "select $x",
        HEADER + "-- param x (text, example 1): X.\nselect 1",
        HEADER + "-- param x (colour, example 1): X.\nselect $x",
        HEADER,
    ],
)
def test_a_malformed_file_is_named_with_its_fault(text: str) -> None:
    with pytest.raises(QueryError, match=r"named/q\.sql"):
        parse("q", text)


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(QueryError, match="who-bans-whom"):
        named_query("who-bans")
