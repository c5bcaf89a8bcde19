"""Our own labelled texts: what the shipped watchlist gets wrong is listed, and the list may only shrink.

``gold.jsonl`` holds short invented news texts, one object a line. ``label`` is ``relevant`` or
``irrelevant``; an irrelevant text says in ``hard_negative`` why it looks alike (the tags ``homonym_grams``,
``homonym_class`` and ``homonym_summit`` are 5 g of salt, class 5G and the Sahel's G5). ``known_errors.txt`` names
the texts judged wrongly today. A new error fails; so does a line whose text is judged rightly by now: delete it.
The weights are learnt from these texts too. ``fresh.jsonl`` holds texts that nothing was learnt from or tuned to, so
it tells what to expect: do not mend the watchlist with its errors in view, nor with those of ``blind7``. ``blind2`` to
``blind6`` were written in the same way, scored once (F1 0.887, 0.851, 0.880, 0.867, 0.667), and the vocabulary was
mended with their errors in view: nothing is learnt from them, and the watchlist must not fall back. ``written.jsonl``
holds short texts, plain, ordinary and oblique (their ``reason``), in 32 languages; the weights are learnt from them,
but they count a quarter. ``written2.jsonl`` holds others, counted once when the weights were done. ``written3.jsonl``
and ``written4.jsonl`` were written before the vocabulary of the languages in ``SMALL`` and several rules, counted first
(F1 0.758 and 0.877; oblique recall 0.21 and 0.20, plain F1 0.75), then read: nothing is learnt from them.
``written5.jsonl`` was written and counted before circumlocutions were rules (F1 0.748, oblique recall 0.12); errors of
one half were read, those of the other half only counted. ``written6.jsonl`` and ``written7.jsonl`` are by authors who
never saw the watchlist (F1 0.600 and 0.662 when first counted, oblique recall 0.12 and 0.05). Of ``written6`` the texts
in nine languages were read, the others counted several times; ``written7`` was counted five times and nobody here read
it: do not mend the watchlist with its errors in view. ``written8.jsonl`` holds oblique stories in 41 languages and
look-alikes of the same everyday words (a copied key of a tower, a technician on a mast), by the author of the rules; it
was counted before the words of many kinds (precision 0.85, recall 0.66), then read. ``written9.jsonl`` is by a fourth
author who never saw the watchlist; it was counted before those words and after (F1 0.770 and 0.784, oblique recall
0.17 and 0.26, precision 0.98 and 0.95), and nobody here read it. ``written10.jsonl`` and ``written11.jsonl`` are two
halves of 160 texts by a fifth author who knew nothing of the rules: F1 0.716 and 0.687, oblique recall 0.20 and 0.15
when first counted. The errors of ``written10`` were read; nobody here read ``written11``.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Decision
from tests.extractors.watchlist_builder import shipped_rules

HERE = Path(__file__).parent


def read(name: str) -> list[dict[str, Any]]:
    """The texts of a file."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


TEXTS, FRESH = read("gold.jsonl"), read("fresh.jsonl")
SEEN = {name: read(f"{name}.jsonl") for name in ("blind2", "blind3", "blind4", "blind5", "blind6")}
LEAST = {
    "blind2": (0.98, 0.98),
    "blind3": (0.97, 0.96),
    "blind4": (0.99, 0.99),
    "blind5": (0.98, 0.98),
    "blind6": (0.97, 0.95),
}
"""Least F1, and least precision and recall, of each of these sets; just below what the shipped weights reach."""
UNSEEN = read("blind7.jsonl")
WRITTEN, WRITTEN2 = read("written.jsonl"), read("written2.jsonl")
WRITTEN3, WRITTEN4, WRITTEN5 = (read(f"written{n}.jsonl") for n in (3, 4, 5))
OTHERS = {
    name: read(f"{name}.jsonl")
    for name in ("written6", "written7", "written8", "written9", "written10", "written11")
}
AT_LEAST = {
    "written6": (0.84, 0.97, 0.6),
    "written7": (0.84, 0.97, 0.47),
    "written8": (0.93, 0.97, 0.88),
    "written9": (0.8, 0.95, 0.3),
    "written10": (0.79, 0.87, 0.45),
    "written11": (0.75, 0.89, 0.35),
}
"""Least F1, precision, and recall of the oblique texts, of each set of mostly oblique texts."""
SMALL = [
    "bg", "bn", "ca", "da", "el", "et", "fa", "fi", "he", "hr", "hu", "id", "lt", "lv", "ms", "no", "ro", "sk", "sl",
    "sr", "sw", "ta", "th", "ur",
]  # fmt: skip
"""Languages with a small term file or that of a relative."""
KNOWN_ERRORS = {
    line.split("#")[0].strip()
    for line in (HERE / "known_errors.txt").read_text(encoding="utf-8").splitlines()
    if line.split("#")[0].strip()
}
FIELDS = {"id", "label", "hard_negative", "language", "title", "text", "kind", "publisher", "reason"}


@pytest.fixture(scope="module")
def decisions() -> dict[str, Decision]:
    """The shipped watchlist's verdict on every text."""
    rules = shipped_rules()
    return {
        item["id"]: judge(
            Article(
                id=item["id"],
                url=f"https://gold.example/{item['id']}",
                title=item["title"],
                text=item["text"],
                language=item["language"],
            ),
            rules,
        )
        for item in (
            *TEXTS,
            *FRESH,
            *UNSEEN,
            *WRITTEN,
            *WRITTEN2,
            *WRITTEN3,
            *WRITTEN4,
            *WRITTEN5,
            *chain(*SEEN.values(), *OTHERS.values()),
        )
    }


def tally(
    decisions: dict[str, Decision], language: str = "", texts: list[dict[str, Any]] = TEXTS
) -> Counter[str]:
    """How many true and false positives and negatives there are, in one language or in all."""
    counts: Counter[str] = Counter()
    for item in texts:
        if language in ("", item["language"]):
            kept = decisions[item["id"]].relevant
            right = kept == (item["label"] == "relevant")
            counts[("t" if right else "f") + ("p" if kept else "n")] += 1
    return counts


def figures(counts: Counter[str]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    precision = counts["tp"] / max(1, counts["tp"] + counts["fp"])
    recall = counts["tp"] / max(1, counts["tp"] + counts["fn"])
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def wrong(decisions: dict[str, Decision]) -> set[str]:
    """The texts judged otherwise than labelled."""
    return {i["id"] for i in TEXTS if decisions[i["id"]].relevant != (i["label"] == "relevant")}


def test_the_gold_texts_are_well_formed_many_and_in_many_languages() -> None:
    for texts in (
        TEXTS,
        FRESH,
        UNSEEN,
        WRITTEN,
        WRITTEN2,
        WRITTEN3,
        WRITTEN4,
        WRITTEN5,
        *SEEN.values(),
        *OTHERS.values(),
    ):
        assert all(set(item) == FIELDS for item in texts)
        assert all(item["label"] in ("relevant", "irrelevant") for item in texts)
        assert all((item["hard_negative"] is None) == (item["label"] == "relevant") for item in texts)
    written = chain(WRITTEN, WRITTEN2, WRITTEN3, WRITTEN4, WRITTEN5, *OTHERS.values())
    everything = [*TEXTS, *FRESH, *UNSEEN, *written, *chain(*SEEN.values())]
    assert len({item["id"] for item in everything}) == len(everything)
    assert len(TEXTS) >= 200 and len(FRESH) >= 60
    assert len({item["language"] for item in TEXTS}) >= 14
    share = sum(item["label"] == "relevant" for item in TEXTS) / len(TEXTS)
    assert 0.35 <= share <= 0.5


def test_no_gold_text_is_judged_wrongly_unless_it_is_a_known_error(decisions: dict[str, Decision]) -> None:
    for language in ["", *sorted({item["language"] for item in TEXTS})]:
        counts = tally(decisions, language)
        precision, recall, f1 = figures(counts)
        print(f"{language or 'all':8} n={counts.total():3} P={precision:.3f} R={recall:.3f} F1={f1:.3f}")
    titles = {item["id"]: f"{item['label']} {item['hard_negative'] or ''}: {item['title']}" for item in TEXTS}
    new = {
        name: (titles[name], decisions[name].score, decisions[name].reason)
        for name in sorted(wrong(decisions) - KNOWN_ERRORS)
    }
    assert not new, "\n".join(f"{name} {why}" for name, why in new.items())


def test_every_known_error_is_still_one(decisions: dict[str, Decision]) -> None:
    stale = KNOWN_ERRORS - wrong(decisions)
    assert not stale, f"judged rightly (or gone): delete from known_errors.txt: {sorted(stale)}"


def test_the_list_of_known_errors_names_gold_texts_only() -> None:
    assert {item["id"] for item in TEXTS} >= KNOWN_ERRORS


def test_texts_that_nothing_was_tuned_to_are_judged_as_well_as_promised(
    decisions: dict[str, Decision],
) -> None:
    precision, recall, f1 = figures(tally(decisions, texts=FRESH))
    print(f"fresh    n={len(FRESH):3} P={precision:.3f} R={recall:.3f} F1={f1:.3f}")
    assert f1 >= 0.96 and min(precision, recall) >= 0.93


def test_the_latest_texts_nobody_has_looked_at_are_judged_as_when_they_were_written(
    decisions: dict[str, Decision],
) -> None:
    precision, recall, f1 = figures(tally(decisions, texts=UNSEEN))
    print(f"blind7   n={len(UNSEEN)} P={precision:.3f} R={recall:.3f} F1={f1:.3f}")
    assert f1 >= 0.88 and precision >= 0.92


@pytest.mark.parametrize("name", SEEN)
def test_texts_the_vocabulary_was_mended_by_stay_judged_right(
    decisions: dict[str, Decision], name: str
) -> None:
    precision, recall, f1 = figures(tally(decisions, texts=SEEN[name]))
    print(f"{name}   n={len(SEEN[name])} P={precision:.3f} R={recall:.3f} F1={f1:.3f}")
    least_f1, least = LEAST[name]
    assert f1 >= least_f1 and min(precision, recall) >= least


def test_short_texts_are_judged_as_when_they_were_first_counted(decisions: dict[str, Decision]) -> None:
    plain = [item for item in (*WRITTEN, *WRITTEN2) if item["reason"] == "plain"]
    ordinary = [item for item in (*WRITTEN, *WRITTEN2) if item["reason"] == "ordinary"]
    oblique = [item for item in (*WRITTEN, *WRITTEN2) if item["reason"] == "oblique"]
    assert figures(tally(decisions, texts=plain))[2] >= 0.97
    assert figures(tally(decisions, texts=ordinary))[2] >= 0.93
    assert figures(tally(decisions, texts=oblique))[1] >= 0.55
    assert figures(tally(decisions, texts=WRITTEN2))[2] >= 0.95


def test_short_texts_of_every_class_of_look_alikes_are_judged_as_well_as_promised(
    decisions: dict[str, Decision],
) -> None:
    assert figures(tally(decisions, texts=WRITTEN3))[2] >= 0.95
    assert figures(tally(decisions, texts=WRITTEN4))[2] >= 0.92
    oblique = [item for item in (*WRITTEN3, *WRITTEN4) if item["reason"] == "oblique"]
    assert figures(tally(decisions, texts=oblique))[1] >= 0.7


def test_circumlocutions_of_networks_and_deeds_are_stories(decisions: dict[str, Decision]) -> None:
    precision, _, f1 = figures(tally(decisions, texts=WRITTEN5))
    oblique = [item for item in WRITTEN5 if item["reason"] == "oblique"]
    assert precision >= 0.95 and f1 >= 0.88
    assert figures(tally(decisions, texts=oblique))[1] >= 0.5


@pytest.mark.parametrize("name", OTHERS)
def test_sets_of_oblique_texts_are_judged_as_when_counted(decisions: dict[str, Decision], name: str) -> None:
    texts, (least_f1, least_precision, least_oblique) = OTHERS[name], AT_LEAST[name]
    precision, _, f1 = figures(tally(decisions, texts=texts))
    oblique = [item for item in texts if item["reason"] == "oblique"]
    assert f1 >= least_f1 and precision >= least_precision
    assert figures(tally(decisions, texts=oblique))[1] >= least_oblique


@pytest.mark.parametrize("language", SMALL)
def test_plain_stories_are_found_in_languages_with_few_words(
    decisions: dict[str, Decision], language: str
) -> None:
    plain = [item for item in WRITTEN3 if item["reason"] == "plain"]
    assert figures(tally(decisions, language, plain))[2] >= 0.8
