"""How right the facts are: ``python -m benchmarks.annotations --gold FILE... --texts FILE...``.

For each slot (countries, topics, vendors, operators, actors, laws, measures, incidents, pairs of one event) precision
and recall, by language, beside the baseline of mentions: every entity and country named, topics of the rules that fire.
Countries, topics and events are also scored by weights that never saw the publisher (or event). The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.annotated import Annotated, read_annotated
from benchmarks.fact_folds import country_folds, event_scores, measure_folds
from benchmarks.train_facts import SURE, EventTask, MeasureTask, TopicTask, measure_key
from fivegwatch.extractors.facts.act_kinds import GROUPS
from fivegwatch.extractors.facts.events import WEAKEST, group_stories, likeness
from fivegwatch.extractors.facts.facts_of_story import facts_of, read_facts
from fivegwatch.extractors.facts.reading import read_story
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Decision
from fivegwatch.extractors.story_facts import Facts
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist

KIND_GROUPS = dict.fromkeys(("intrusion", "espionage", "data_theft"), "break-in")
TRACKED = ("GB", "DE", "SE", "CA", "JP", "BR", "US")
_NAMES = {
    "vendors": ("vendor",),
    "operators": ("operator",),
    "actors": ("threat_actor",),
    "laws": ("law", "standard"),
}
_STATES = frozenset({"China", "Iran", "Russia", "Uganda", "Zambia", "Saudi Arabia"})


@dataclass(slots=True)
class Score:
    """Counts of one slot: what was given, what of it is right or acceptable, what was wanted and how much was met."""

    given: int = 0
    right: int = 0
    strict: int = 0
    wanted: int = 0

    def add(self, given: set[Any], wanted: set[Any], acceptable: Iterable[Any] = ()) -> None:
        """Count one story."""
        self.given += len(given)
        self.right += len(given & (wanted | set(acceptable)))
        self.strict += len(given & wanted)
        self.wanted += len(wanted)

    @property
    def precision(self) -> float:
        """Share of what was given that is right or acceptable."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """Share of what was wanted that was given."""
        return self.strict / self.wanted if self.wanted else 0.0

    def line(self) -> str:
        """Precision, strict precision, recall and counts, as columns."""
        strict = self.strict / self.given if self.given else 0.0
        return f"{self.precision:7.3f}{strict:8.3f}{self.recall:8.3f}{self.given:7}{self.wanted:7}"


class Names:
    """Resolves the names of the annotations to entities of the watchlist."""

    def __init__(self, rules: Rules) -> None:
        """Index all names of all entities."""
        self._ids: dict[str, set[str]] = defaultdict(set)
        for term in rules.terms:
            if term.entity:
                self._ids[fold_term(term.text)].add(term.entity)

    def matched(self, wanted: Iterable[str], given: set[str]) -> tuple[set[str], set[str]]:
        """The given ids with each wanted name in place of an id it is met by, and the wanted names."""
        names, result = set(wanted), set(given)
        for name in names:
            ids: set[str] = set()
            for piece in (name, *re.split(r"[()]", name)):
                ids |= self._ids.get(fold_term(piece), set()) if piece.strip() else set()
            if ids & given:
                result = (result - ids) | {name}
        return result, names


def score_facts(
    stories: Sequence[Annotated], facts: Sequence[Facts], names: Names
) -> dict[str, dict[str, Score]]:
    """Scores by slot and language; ``all`` holds all languages."""
    scores: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for story, told in zip(stories, facts, strict=True):
        for slot, (given, wanted, fine) in slots(story.gold, told, names).items():
            for language in ("all", story.article.language):
                scores[slot][language].add(given, wanted, fine)
    return scores


def slots(gold: dict[str, Any], told: Facts, names: Names) -> dict[str, tuple[set[Any], set[Any], set[Any]]]:
    """What is given, wanted and acceptable in each slot of one story."""
    subjects = {r.entity for r in told.roles if r.type == "country" and r.is_subject}
    result: dict[str, tuple[set[Any], set[Any], set[Any]]] = {
        "countries": (subjects, set(gold["countries"]), set(gold["countries_ok"])),
        "topics": ({t.code for t in told.topics}, set(gold["topics"]), set(gold["topics_ok"])),
    }
    main = set(gold["topics"][:1])
    result["main topic"] = (main & {t.code for t in told.topics}, main, set())
    for slot, types in _NAMES.items():
        given = {r.entity for r in told.roles if r.type in types and r.is_subject}
        mapped, wanted = names.matched([n for n in gold[slot] if n not in _STATES], given)
        result[slot] = (mapped, wanted, set())
    measures = [m for m in told.measures if m.confidence >= SURE]
    given_m = {measure_key(m.by, m.action, m.target, m.status) for m in measures}
    wanted_m = wanted_measures(gold)
    result["measures"] = (given_m, wanted_m, set())
    result["who, act group, whom"] = ({m[:3] for m in given_m}, {m[:3] for m in wanted_m}, set())
    result["who, whom"] = ({(m[0], m[2]) for m in given_m}, {(m[0], m[2]) for m in wanted_m}, set())
    incidents = [i for i in told.incidents if i.confidence >= SURE]
    result["incidents (kind)"] = (
        {KIND_GROUPS.get(i.kind, i.kind) for i in incidents},
        {KIND_GROUPS.get(i["kind"], i["kind"]) for i in gold["incidents"]},
        set(),
    )
    result["incidents (kind, a victim)"] = _with_victims(gold, incidents)
    return result


def wanted_measures(gold: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    """The annotated measures, as they are compared."""
    return {measure_key(m["by"], m["action"], m["target"], m["status"]) for m in gold["measures"]}


def _with_victims(gold: dict[str, Any], incidents: Sequence[Any]) -> tuple[set[Any], set[Any], set[Any]]:
    """Incidents by number of the annotated one that they meet in kind group and a victim; the rest by kind."""
    given: set[Any] = set()
    for incident in incidents:
        kind = KIND_GROUPS.get(incident.kind, incident.kind)
        victims = {_plain(v) for v in incident.victims}
        number = next(
            (
                i
                for i, other in enumerate(gold["incidents"])
                if KIND_GROUPS.get(other["kind"], other["kind"]) == kind
                and i not in given
                and (victims & {_plain(v) for v in other["victims"]} or not other["victims"])
            ),
            kind,
        )
        given.add(number)
    return given, set(range(len(gold["incidents"]))), set()


def _plain(victim: str) -> str:
    folded = fold_term(victim)
    return "operators" if re.search(r"operator|telecommunications compan", folded) else folded


def score_mentions(
    stories: Sequence[Annotated], decisions: Sequence[Decision], names: Names
) -> dict[str, Score]:
    """The baseline: everything mentioned counts, topics are those of the rules that fired."""
    scores: dict[str, Score] = defaultdict(Score)
    for story, decision in zip(stories, decisions, strict=True):
        gold = story.gold
        named = {m.country for m in decision.mentions if m.country}
        scores["countries"].add(named, set(gold["countries"]), gold["countries_ok"])
        scores["topics"].add(set(decision.topics), set(gold["topics"]), gold["topics_ok"])
        for slot, types in _NAMES.items():
            given = {m.entity for m in decision.mentions if m.type in types}
            scores[slot].add(*names.matched([n for n in gold[slot] if n not in _STATES], given))
    return scores


def score_events(stories: Sequence[Annotated], links: Mapping[tuple[str, str], float]) -> dict[str, Score]:
    """Pairs of one event: all, without the largest event, and of those the ones across languages."""
    event = {s.article.id: s.gold["event"] for s in stories}
    language = {s.article.id: primary_subtag(s.article.language) for s in stories}
    largest = Counter(e for e in event.values() if e).most_common(1)[0][0]
    groups = group_stories(sorted(event), {pair: value for pair, value in links.items() if value >= WEAKEST})
    given = _pairs(groups)
    members: dict[str, list[str]] = defaultdict(list)
    for story, name in event.items():
        if name:
            members[name].append(story)
    wanted = _pairs(members.values())
    rest: Callable[[tuple[str, str]], bool] = lambda p: not (event[p[0]] == event[p[1]] == largest)  # noqa: E731
    scores: dict[str, Score] = defaultdict(Score)
    scores["all"].add(given, wanted)
    scores["no largest"].add({p for p in given if rest(p)}, {p for p in wanted if rest(p)})
    across = {p for p in given | wanted if rest(p) and language[p[0]] != language[p[1]]}
    scores["across languages"].add(given & across, wanted & across)
    return scores


def _pairs(groups: Iterable[Sequence[str]]) -> set[tuple[str, str]]:
    return {(min(a, b), max(a, b)) for group in groups for i, a in enumerate(group) for b in group[:i]}


def wrong_bans(stories: Sequence[Annotated], facts: Sequence[Facts]) -> tuple[int, int]:
    """Numbers of rows of the ban tracker for `TRACKED` countries, and of those that no annotated measure confirms."""
    acts = ("keep out", "admit")
    said = {
        (m["by"], m["target"])
        for s in stories for m in s.gold["measures"] if GROUPS[m["action"]] in acts
    }  # fmt: skip
    rows = {
        (m.by, m.target)
        for told in facts for m in told.measures
        if m.confidence >= 0.8 and GROUPS[m.action] in acts and m.by in TRACKED
    }  # fmt: skip
    return len(rows), len(rows - said)


def _show(title: str, scores: Mapping[str, Score]) -> None:
    print(f"\n{title:<34}{'prec':>7}{'strict':>8}{'recall':>8}{'given':>7}{'wanted':>7}")
    for name, score in scores.items():
        print(f"{name:<34}{score.line()}")


def _in_folds(stories: Sequence[Annotated], rules: Rules, draws: int) -> dict[str, Score]:
    """Countries, topics and events by weights that never saw the publisher or the event."""
    readings = [read_story(story.article, rules) for story in stories]
    publishers = [story.publisher for story in stories]
    topics, measures = TopicTask(stories, readings), MeasureTask(stories, readings)
    scores: dict[str, Score] = defaultdict(Score)
    for seed in range(draws):
        chosen = country_folds(stories, readings, publishers, seed)
        filed = topics.filed(publishers, seed)
        events = EventTask(stories, readings, filed)
        shown = measure_folds(measures, publishers, seed)
        for i, story in enumerate(stories):
            gold = story.gold
            given = {measure_key(m.by, m.action, m.target, m.status) for m in shown[i]}
            scores["measures"].add(given, wanted_measures(gold))
            pairs = {m[:3] for m in given}, {m[:3] for m in wanted_measures(gold)}
            scores["who, act group, whom"].add(*pairs)
            scores["countries"].add(chosen[i], set(gold["countries"]), gold["countries_ok"])
            scores["topics"].add(set(filed[i]), set(gold["topics"]), gold["topics_ok"])
            scores["main topic"].add(set(filed[i]) & {gold["topics"][0]}, {gold["topics"][0]})
        for name, score in score_events(stories, event_scores(events, seed)).items():
            total = scores[f"event pairs, {name}"]
            total.given, total.right = total.given + score.given, total.right + score.right
            total.strict, total.wanted = total.strict + score.strict, total.wanted + score.wanted
    return scores


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--texts", type=Path, nargs="+", help="default: ../relevance/*.jsonl beside the first gold file"
    )
    parser.add_argument("--draws", type=int, default=1, help="how often folds are drawn; 0: no folds")
    options = parser.parse_args()
    texts = options.texts or sorted((options.gold[0].resolve().parents[1] / "relevance").glob("*.jsonl"))
    stories = [story for gold in options.gold for story in read_annotated(gold, texts)]
    rules = compile_rules(read_watchlist(None))
    names = Names(rules)
    for story in stories:  # searches are built and caches warm, for both
        judge(story.article, rules)
        read_facts(story.article, rules)
    started = time.process_time()
    decisions = [judge(story.article, rules) for story in stories]
    judging = time.process_time() - started
    readings = [read_story(story.article, rules) for story in stories]
    facts = [facts_of(reading) for reading in readings]
    telling = time.process_time() - started - judging
    scores = score_facts(stories, facts, names)
    _show("baseline: mentions", score_mentions(stories, decisions, names))
    _show("facts, weights learnt from all", {slot: by["all"] for slot, by in scores.items()})
    for slot, by in scores.items():
        _show(slot, dict(sorted(by.items(), key=lambda item: -item[1].wanted)))
    task = EventTask(stories, readings)
    links = {}
    for j, i in task.pairs:
        one, other = task.stories[j], task.stories[i]
        assert one is not None and other is not None
        links[min(one.id, other.id), max(one.id, other.id)] = likeness(one, other)
    _show("event pairs, weights learnt from all", score_events(stories, links))
    folds = _in_folds(stories, rules, options.draws) if options.draws else {}
    if folds:
        _show("in folds by publisher or event", folds)
    rows, wrong = wrong_bans(stories, facts)
    print(f"\nban_tracker of {', '.join(TRACKED)}: {rows} rows, {wrong} that no annotation confirms")
    print(f"CPU: judge {judging:.2f} s, facts {telling:.2f} s ({telling / judging:.2f} of the judge's)")
    result = {
        f"{slot} {part}": getattr(by["all"], part)
        for slot, by in scores.items()
        for part in ("precision", "recall")
    }
    result |= {
        f"folds {slot} {part}": getattr(by, part)
        for slot, by in folds.items()
        for part in ("precision", "recall")
    }
    print(json.dumps({key: round(value, 3) for key, value in result.items()}))


if __name__ == "__main__":
    main()
