"""Verbs named once in the watchlist, and found in the forms news writes."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.judging.matching import find_matches
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.extractors.watchlist.conjugation import CONJUGATED, conjugate
from fivegwatch.extractors.watchlist.inflection import spell_out
from tests.extractors.watchlist_builder import FILES

FORMS = [
    ("es", "prohibir", "prohíbe prohibió prohibieron prohibida prohibiendo prohibirán prohíban"),
    ("es", "atacar", "ataca atacó ataque ataquen atacaron atacado"),
    ("es", "excluir", "excluye excluyen excluyó excluyeron excluida excluyendo excluirá"),
    ("es", "espiar", "espía espiamos espiaba espiaban espió espiado"),
    ("pt", "proibir", "proíbe proibiu proibiram proibido proibirá"),
    ("pt", "bloquear", "bloqueou bloquearam bloqueado"),
    ("it", "vietare", "vieta vietato vietano vieterà vietò"),
    ("it", "bloccare", "blocchi bloccato bloccherà bloccano"),
    ("fr", "écarter", "écarte écarté écartées écarteront écartait"),
    ("fr", "bannir", "bannit banni bannissent bannie bannira"),
    ("cs", "zakazovat", "zakazuje zakazoval zakazovali zakazují zakazování"),
    ("cs", "zakázat", "zakázal zakázala zakázán zakázány"),
    ("pl", "zakazywać", "zakazuje zakazywał zakazują zakazywanie"),
    ("pl", "usuwać", "usuwa usuwają usuwał usuwane usuwanie"),
    ("ru", "заменить", "заменит заменил заменили заменят заменён"),
    ("ru", "блокировать", "блокирует блокируют блокировали блокированы"),
    ("uk", "блокувати", "блокує блокують блокували блокування"),
    ("en", "ban", "bans banned banning"),
    ("en", "oust", "ousts ousted ousting"),
    ("en", "remove", "removes removed removing"),
    ("en", "spy", "spies spied spying"),
]


@pytest.mark.parametrize(("language", "verb", "forms"), FORMS, ids=[verb for _, verb, _ in FORMS])
def test_a_regular_verb_has_the_forms_that_news_writes(language: str, verb: str, forms: str) -> None:
    known = conjugate(verb, language)
    assert known[0] == fold_term(verb)
    assert not {form for form in forms.split() if fold_term(form) not in known}
    assert len(known) == len(set(known))


def test_every_language_with_verbs_is_tried() -> None:
    assert {language for language, _, _ in FORMS} == CONJUGATED


def test_forms_are_whole_words() -> None:
    literals = {pattern.literal for pattern in spell_out("borrar~", "es")}
    assert {"borrar", "borraron", "borrado"} <= literals and "borrador" not in literals
    assert all(pattern.tail == 0 and not pattern.inner for pattern in spell_out("borrar~", "es"))


def test_a_verb_keeps_what_follows_it() -> None:
    assert "vetaron a huawei" in {pattern.literal for pattern in spell_out("vetar~ a Huawei", "es")}


def rules_of(term: str, language: str) -> object:
    terms = f'language = "{language}"\n[restriction]\nstrong = [\n  "{term}",\n]\n'
    return compile_rules({**FILES, f"terms/{language}.toml": terms})


@pytest.mark.parametrize(
    ("term", "language"), [("mesa~", "es"), ("verbieten~", "de"), ("禁止~", "zh-Hans"), ("ir~", "es")]
)
def test_a_verb_that_is_not_an_infinitive_is_refused_with_file_and_line(term: str, language: str) -> None:
    with pytest.raises(WatchlistError, match="verb whose forms are not known") as caught:
        rules_of(term, language)
    assert caught.value.file == f"terms/{language}.toml" and caught.value.line == 4


def test_a_verb_is_found_in_a_text_where_it_stands() -> None:
    text = "Los ministros vetaron ayer los equipos."
    terms = 'language = "es"\n[restriction]\nstrong = ["vetar~"]\n'
    found = find_matches("", text, compile_rules({**FILES, "terms/es.toml": terms}), "es")
    assert [match.quote for match in found] == ["vetaron"]
