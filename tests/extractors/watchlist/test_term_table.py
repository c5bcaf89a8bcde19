"""Terms in columns are the terms they were made of."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.watchlist.model import Term
from fivegwatch.extractors.watchlist.term_table import Terms
from tests.conftest import examples

TEXTS = st.one_of(st.text(max_size=6), st.sampled_from(("", "5g", "网络", "\ud800", "\U0001f4f1")))
TERMS = st.lists(
    st.builds(
        Term, TEXTS, TEXTS, st.booleans(), TEXTS, TEXTS, st.booleans(),
        st.lists(TEXTS, max_size=2).map(tuple), TEXTS, TEXTS, st.booleans(),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=examples(200), deadline=None)
@given(TERMS, TERMS)
def test_terms_in_columns_are_those_they_were_made_of(terms: list[Term], others: list[Term]) -> None:
    table = Terms(terms)
    for read in (table, pickle.loads(pickle.dumps(table))):
        assert len(read) == len(terms) and list(read) == terms == list(read[:])
        assert [read[number] for number in range(len(terms))] == terms
        assert all(read[number] is read[number] for number in range(len(terms)))
        assert read == table and (read == Terms(others)) == (terms == others)
        for name in ("id", "strong", "needs", "text"):
            assert list(read.column(name)) == [getattr(term, name) for term in terms]
        for outside in (-1, len(terms)):
            with pytest.raises(IndexError):
                read[outside]


def test_many_different_values_fit() -> None:
    terms = [Term("", str(number), True, "", "") for number in range(70_000)]
    assert Terms(terms)[69_999].facet == "69999"
