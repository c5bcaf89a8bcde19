"""How well the judge tells stories from other texts: ``python -m benchmarks.relevance --gold FILE.jsonl...``.

Precision, recall, F1 and average precision as shipped, beside three plain filters; with ``--folds``, by models that saw
neither publisher nor event of a text, fold by fold, the line chosen inside the folds; whether the score is a log-odds;
by language, kind and hard negative; every error with the evidence that caused it; what is kept of everyday texts
(``--general``); speed. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.folds import assign_folds, average_precision, same_event
from benchmarks.labelled import Labelled, Tally, article_of, read_labelled, rows_of
from benchmarks.train_judge import Sample, read_sample, tally
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Decision
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist

PREVALENCE = 0.005
"""Share of stories among the pages that reach the judge, for the precision to expect of them."""
_SECURITY = re.compile(
    r"security|hack|spy|espionage|vulnerab|ban\b|sicherheit|veilig|sécurité|seguridad|segurança", re.I
)
_BASELINES: dict[str, Callable[[Article], bool]] = {
    '"5G" and a security word': lambda a: "5g" in _all(a) and bool(_SECURITY.search(_all(a))),
    '"Huawei" or "5G" in title': lambda a: bool(re.search(r"huawei|5g", a.title, re.I)),
    '"5G" in the text': lambda a: "5g" in _all(a),
}


def _all(article: Article) -> str:
    return f"{article.title}\n{article.text}".lower()


def count(
    items: Iterable[Labelled], kept: dict[str, bool], key: Callable[[Labelled], str]
) -> dict[str, Tally]:
    """Tallies by group."""
    groups: dict[str, Tally] = {}
    for item in items:
        groups.setdefault(key(item) or "-", Tally()).add(item.label == "relevant", kept[item.id])
    return dict(sorted(groups.items(), key=lambda pair: -(pair[1].tp + pair[1].fn)))


def show(title: str, groups: dict[str, Tally]) -> None:
    """Print one table."""
    print(f"\n{title:<28}{'prec':>7}{'rec':>7}{'F1':>7}{'tp':>6}{'fp':>5}{'fn':>5}{'tn':>5}")
    for name, t in groups.items():
        print(f"{name:<28}{t.precision:7.3f}{t.recall:7.3f}{t.f1:7.3f}{t.tp:6}{t.fp:5}{t.fn:5}{t.tn:5}")


def show_negatives(groups: dict[str, Tally]) -> None:
    """Print how many of each kind of look-alike were kept."""
    print(f"\n{'hard negative':<28}{'kept':>7}{'of':>7}")
    for name, t in sorted(groups.items(), key=lambda pair: (-pair[1].fp, -pair[1].tn)):
        print(f"{name:<28}{t.fp:7}{t.fp + t.tn:7}")


def show_errors(items: list[Labelled], decisions: dict[str, Decision], limit: int) -> None:
    """Print the texts that were kept or rejected wrongly, with the largest parts of their scores."""
    for heading, label in (("kept, irrelevant", "irrelevant"), ("dropped, relevant", "relevant")):
        wrong = [i for i in items if i.label == label and decisions[i.id].relevant != (label == "relevant")]
        print(f"\n{heading}: {len(wrong)}")
        for item in sorted(wrong, key=lambda i: -abs(decisions[i.id].score))[:limit]:
            decision = decisions[item.id]
            print(
                f"  {decision.score:+.2f} {item.language} {item.kind} [{item.hard_negative}] {item.article.title[:90]}"
            )
            print("        " + "; ".join(f"{p.value:+.1f} {p.name}" for p in decision.parts[:7]))


def measure_speed(articles: list[Article], rules: Rules, *, seconds: float = 2.0) -> float:
    """Megabytes (UTF-8) of text judged per second of CPU time."""
    size = sum(len(a.title.encode()) + len(a.text.encode()) for a in articles)
    for article in articles:
        judge(article, rules)
    done, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        for article in articles:
            judge(article, rules)
        done += size
    return done / (time.process_time() - start) / 1e6


def fold_table(sample: Sample, folds: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Print each fold, and return scores and keeping of published texts by models that saw neither publisher nor event.

    Weights and line of a fold are learnt without it: the line by folds inside the rest.
    """
    events = same_event(sample.items)
    everything = np.ones(len(sample.items), dtype=bool)
    fold = assign_folds(sample.items, folds)
    scores = sample.unseen(everything, folds, events)
    moved = np.zeros(len(scores))
    print(f"\n{'fold':<8}{'texts':>7}{'line':>8}{'prec':>7}{'rec':>7}{'F1':>7}{'AP':>7}")
    for number in range(folds):
        test = (fold == number) & sample.press
        moved[fold == number] = line = sample.line(fold != number, folds // 2, events)
        t = tally(sample.y[test], scores[test], line)
        ap = average_precision(sample.y[test], scores[test]) if sample.y[test].any() else float("nan")
        print(f"{number:<8}{test.sum():7}{line:8.2f}{t.precision:7.3f}{t.recall:7.3f}{t.f1:7.3f}{ap:7.3f}")
    press = sample.press
    return (scores - moved)[press], (scores >= moved)[press]


def pooled(name: str, y: NDArray[np.bool_], scores: NDArray[np.float64]) -> dict[str, float]:
    """Print the figures of all texts at the line 0, and return them."""
    t = tally(y, scores)
    ap = average_precision(y, scores)
    print(
        f"\n{name}: precision {t.precision:.3f}, recall {t.recall:.3f}, F1 {t.f1:.3f}, average precision {ap:.3f}"
    )
    return {"precision": t.precision, "recall": t.recall, "f1": t.f1, "average_precision": ap}


def reliability(y: NDArray[np.bool_], scores: NDArray[np.float64]) -> None:
    """Print how often texts of a score are relevant, beside what the score would say if it were a log-odds."""
    print(f"\n{'score':<14}{'texts':>7}{'said':>7}{'true':>7}")
    for low, high in pairwise((-99.0, -6.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 99.0)):
        chosen = (scores >= low) & (scores < high)
        if chosen.any():
            said = float((1 / (1 + np.exp(-scores[chosen]))).mean())
            print(f"{low:5.0f} to {high:<5.0f}{chosen.sum():7}{said:7.2f}{y[chosen].mean():7.2f}")


def everyday(path: Path, rules: Rules, recall: float) -> dict[str, float]:
    """Print what is kept of texts that are no stories (JSON lines: title, text, language), and return it with speed."""
    texts = [article_of(row, id=str(n), url="") for n, row in enumerate(rows_of(path))]
    decisions = [(article, judge(article, rules)) for article in texts]
    kept = [(article, decision) for article, decision in decisions if decision.relevant]
    share = 10_000 * len(kept) / max(1, len(texts))
    found = PREVALENCE * recall
    rare = found / (found + (1 - PREVALENCE) * share / 10_000)
    print(f"\neveryday texts: {len(texts)}, {len(kept)} kept, {share:.1f} of 10,000;", end=" ")
    print(f"precision if {PREVALENCE:.1%} of texts were stories: {rare:.2f}")
    for article, decision in kept:
        print(f"  {decision.score:+.2f} {article.language} {article.title[:80]} | {decision.reason}")
    return {
        "everyday_kept": len(kept),
        "precision_if_rare": rare,
        "everyday_mb_per_s": measure_speed(texts, rules),
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    parser.add_argument("--watchlist", type=Path, default=None, help="folder; default: the shipped files")
    parser.add_argument("--own", type=Path, nargs="*", default=[], help="texts of our own to learn from too")
    parser.add_argument("--short", type=Path, nargs="*", default=[], help="short ones, which count less")
    parser.add_argument(
        "--folds", type=int, default=0, help="learn again in so many folds; 0: as shipped only"
    )
    parser.add_argument("--errors", type=int, default=15)
    parser.add_argument(
        "--general",
        type=Path,
        default=None,
        help="everyday news as JSON lines (title, text, language): how many are kept, and speed",
    )
    options = parser.parse_args()
    started = time.perf_counter()
    rules = compile_rules(read_watchlist(options.watchlist))
    compile_s = time.perf_counter() - started
    labelled = [item for path in options.gold for item in read_labelled(path)]
    decisions = {item.id: judge(item.article, rules) for item in labelled}
    kept = {key: decision.relevant for key, decision in decisions.items()}
    items = [item for item in labelled if item.label != "borderline"]
    border = [item for item in labelled if item.label == "borderline"]
    overall = count(items, kept, lambda _: "judge as shipped")
    for name, accepts in _BASELINES.items():
        plain = count(items, {item.id: accepts(item.article) for item in items}, lambda _: "plain")
        overall[name] = plain["plain"]
    show("filter", overall)
    y = np.array([item.label == "relevant" for item in items])
    shipped = np.array([decisions[item.id].score - decisions[item.id].threshold for item in items])
    result = pooled("as shipped", y, shipped)
    scores = shipped
    if options.folds:
        sample = read_sample(options.gold, options.own, options.short, rules)
        scores, keeps = fold_table(sample, options.folds)
        unseen = pooled("publisher and event unseen", y, scores)
        result |= {f"unseen_{name}": value for name, value in unseen.items()}
        kept |= {item.id: bool(keep) for item, keep in zip(items, keeps, strict=True)}
    reliability(y, scores)
    show("language", count(items, kept, lambda i: i.language))
    show("kind", count(items, kept, lambda i: i.kind))
    show_negatives(count((i for i in items if i.label == "irrelevant"), kept, lambda i: i.hard_negative))
    print(f"\nborderline: {len(border)}, of which kept {sum(decisions[i.id].relevant for i in border)}")
    show_errors(items, decisions, options.errors)
    result["mb_per_s"] = measure_speed([item.article for item in labelled], rules)
    if options.general:
        result |= everyday(options.general, rules, result.get("unseen_recall", result["recall"]))
    print(f"\nrules compiled in {compile_s:.2f} s")
    print(json.dumps({key: round(value, 4) for key, value in result.items()}))


if __name__ == "__main__":
    main()
