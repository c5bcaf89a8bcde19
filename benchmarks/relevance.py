"""How well the judge tells stories from other texts: ``python -m benchmarks.relevance --gold FILE.jsonl``.

Precision, recall and F1 overall, by language, by kind and by hard negative; three plain filters on the same texts;
leave-one-publisher-out, with weights learnt anew for each; every error with the evidence that caused it; speed.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from benchmarks.labelled import Labelled, Tally, read_labelled
from benchmarks.train_judge import cross_validate, prior_of, read_own, shrinkage, tally, vectorise
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Decision
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist

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


def judge_unseen(items: list[Labelled], own: list[Labelled], rules: Rules) -> dict[str, Tally]:
    """Tallies with weights learnt without the text's publisher (of our own texts: without its language)."""
    everything = [*items, *own]
    names, x = vectorise(everything, rules)
    y = np.array([float(item.label == "relevant") for item in everything])
    prior = np.array([prior_of(name, rules) for name in names])
    scores = cross_validate(everything, x, y, prior, shrinkage(names))
    cut = len(items)
    result = {"judge, publisher unseen": tally(y[:cut], scores[:cut], rules.threshold)}
    if own:
        result["own texts, language unseen"] = tally(y[cut:], scores[cut:], rules.threshold)
    return result


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--watchlist", type=Path, default=None, help="folder; default: the shipped files")
    parser.add_argument(
        "--own", type=Path, default=None, help="texts of our own the weights are learnt from too"
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
    labelled = read_labelled(options.gold)
    items = [item for item in labelled if item.label != "borderline"]
    border = [item for item in labelled if item.label == "borderline"]
    decisions = {item.id: judge(item.article, rules) for item in labelled}
    kept = {key: decision.relevant for key, decision in decisions.items()}
    overall = count(items, kept, lambda _: "judge")
    for name, accepts in _BASELINES.items():
        plain = Tally()
        for item in items:
            plain.add(item.label == "relevant", accepts(item.article))
        overall[name] = plain
    own = [item for item in (read_own(options.own) if options.own else ()) if item.label != "borderline"]
    overall |= judge_unseen(items, own, rules)
    show("filter", overall)
    show("language", count(items, kept, lambda i: i.language))
    show("kind", count(items, kept, lambda i: i.kind))
    negatives = [i for i in items if i.label == "irrelevant"]
    show_negatives(count(negatives, kept, lambda i: i.hard_negative))
    print(f"\nborderline: {len(border)}, of which kept {sum(kept[i.id] for i in border)}")
    show_errors(items, decisions, options.errors)
    speed = measure_speed([item.article for item in labelled], rules)
    print(f"\nrules compiled in {compile_s:.2f} s; {speed:.1f} MB/s of these texts on one core")
    result = {
        "judge": overall["judge"].f1,
        "unseen": overall["judge, publisher unseen"].f1,
        "mb_per_s": speed,
    }
    if options.general:
        rows = [json.loads(line) for line in options.general.read_text(encoding="utf-8").split("\n") if line]
        general = [
            Article(id=str(n), url="", title=row["title"], text=row["text"], language=row["language"])
            for n, row in enumerate(rows)
        ]
        result["general_mb_per_s"] = measure_speed(general, rules)
        result["general_kept"] = sum(judge(article, rules).relevant for article in general)
        print(
            f"everyday news: {len(general)} texts, {result['general_kept']} kept; {result['general_mb_per_s']:.1f} MB/s"
        )
    print(json.dumps({key: round(value, 4) for key, value in result.items()}))


if __name__ == "__main__":
    main()
