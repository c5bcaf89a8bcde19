"""A clause ends at a mark or at a word that turns to another clause, spelt as its language spells it."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.facts.clauses import clause_of
from fivegwatch.extractors.facts.reading import Text
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.text.folding import fold_text


@pytest.mark.parametrize(
    ("language", "sentence", "clause"),
    [
        ("en", "London bans Huawei while Madrid waits", "London bans Huawei "),
        ("de", "Berlin verbietet Huawei während Madrid wartet", "Berlin verbietet Huawei "),
        ("vi", "London cấm Huawei nhưng Madrid chờ", "London cấm Huawei "),
        ("ar", "لندن تحظر هواوي لكن مدريد تنتظر", "لندن تحظر هواوي "),
        ("zh", "伦敦、巴黎禁止华为，马德里观望", "伦敦、巴黎禁止华为"),
    ],
)
def test_a_clause_ends_where_another_begins(language: str, sentence: str, clause: str) -> None:
    text = Text("title", sentence, fold_text(sentence), (), (), (), (0,))
    start, end = clause_of(Sentence(text, 0, len(sentence), "title", language), sentence.index(clause[-8]))
    assert sentence[start:end] == clause
