"""Learn weights of measures, countries, topics and events: ``python -m benchmarks.train_facts --gold FILE...``.

Logistic regression with a Gaussian prior: its centre is what a topic's definition says (`PRIORS`), 0 for the rest.
Writes ``extractors/facts/weights.py`` and ``watchlist/topics.toml``; `annotations` shows what weights reach in folds.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.annotated import Annotated, folds_of, read_annotated
from fivegwatch.extractors.facts.act_kinds import GROUPS, STAGES
from fivegwatch.extractors.facts.country_roles import (
    CountrySigns,
    collect_signs,
    country_features,
    home_of,
)
from fivegwatch.extractors.facts.events import EventStory, comparable, pair_features
from fivegwatch.extractors.facts.facts_of_story import facts_of, measure_grounds, states_of
from fivegwatch.extractors.facts.measures import measure_candidates, read_by_rule
from fivegwatch.extractors.facts.reading import Reading, read_story
from fivegwatch.extractors.facts.signs import signs_of
from fivegwatch.extractors.facts.weights import TOPIC_THRESHOLDS
from fivegwatch.extractors.story_facts import Facts, Measure
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.extractors.watchlist.subject import TOPICS_FILE
from fivegwatch.sources.files.watchlist import read_watchlist

WATCHLIST = Path(__file__).parents[1] / "watchlist"
Array = np.ndarray[Any, np.dtype[np.float64]]
_LEAST = 0.05
"""Smaller weights are left out."""
COUNTRY_SHRINKAGE, TOPIC_SHRINKAGE, EVENT_SHRINKAGE, MEASURE_SHRINKAGE = 1.0, 3.0, 1.0, 3.0
SURE = 0.7
"""Least confidence of the measures and incidents that the views show."""
OK_COUNTRY, OK_TOPIC = 0.4, 0.15
"""Weight of an acceptable answer as a wrong one: readers differ on it."""
PRIORS = {
    "T01": "vendor restriction vendor_risk vendor+restriction vendor+vendor_risk act:ban act:restrict act:allow"
    " act:phase_out subject:vendor subjects:vendor+body",
    "T02": "business vendor+operator_name operator_name -restriction deals swaps subjects:operator+vendor",
    "T03": "policy law regulator network+policy operator+policy -vendor -threat act:law act:licence act:fine lawmaking"
    " subject:law subject:regulator subjects:law+body subjects:law+no.vendor subjects:body+no.vendor",
    "T04": "core core+threat -vendor -espionage studies product.flaws",
    "T05": "radio radio+threat attack generation+threat -vendor air studies",
    "T06": "signalling signalling+threat protocol interconnection subject:protocol",
    "T07": "espionage threat_actor malware operator+espionage operator_name+threat operator_name+espionage"
    " operator+threat threat_actor+operator malware+operator act:intrusion act:espionage act:data_theft break-ins"
    " subject:threat_actor subjects:operator+threat_actor subjects:operator+no.vendor"
    " reports:break-in.of.a.named.victim reports:break-in.by.a.named.attacker",
    "T08": "fraud sim signalling intercept -vendor act:signalling_abuse act:fake_base_station subscribers",
    "T09": "supply trade vendor+supply vendor+trade vendor_risk act:sanction origin.of.parts trade.curbs product.flaws",
    "T10": "openran cloud.software", "T11": "private connected.industry",
    "T12": "standard standard_body act:certify assurance", "T13": "sim identifier keys",
    "T14": "intercept act:interception_abuse wiretaps",
    "T15": "outage outage act:disruption -vendor outages reports:disruption.of.a.named.victim", "T16": "ntn",
}  # fmt: skip
"""What the definition of each topic names; a dot is a blank."""
PAIRS = (
    ("vendor", "restriction"), ("vendor", "vendor_risk"), ("vendor", "policy"), ("vendor", "operator_name"),
    ("network", "threat"), ("operator", "threat"), ("operator_name", "threat"), ("operator", "espionage"),
    ("operator_name", "espionage"), ("network", "espionage"), ("network", "policy"), ("operator", "policy"),
    ("generation", "policy"), ("generation", "threat"), ("vendor", "espionage"), ("signalling", "threat"),
    ("radio", "threat"), ("core", "threat"), ("sim", "threat"), ("network", "security"), ("generation", "security"),
    ("vendor", "supply"), ("vendor", "trade"), ("threat_actor", "operator"), ("malware", "operator"),
)  # fmt: skip
"""Facets and kinds of entities that may say more together in title and lead."""
HALF = frozenset(
    {"swaps", "lawmaking", "studies", "product flaws", "air", "interconnection", "break-ins", "subscribers",
     "trade curbs", "keys", "outages"}
)  # fmt: skip
"""Of the watchlist's `topic_words`, those that stand beside a facet of nearly the same meaning: they count half."""
_PLACES = (("title", 1.8), ("lead", 1.0), ("text", 1.0))


def prior_of(code: str, names: Sequence[str]) -> Array:
    """The centre of the prior: positive for the signs that the topic's definition names."""
    prior = dict.fromkeys(names, 0.0)
    prior["base"] = -1.5 if code == "T01" else -3.0
    prior |= {key: weight for key, weight in _prior_keys(code).items() if key in prior}
    return np.array(list(prior.values()))


def _prior_keys(code: str) -> dict[str, float]:
    keys: dict[str, float] = {}
    for word in PRIORS[code].split():
        sign, bare = (-1, word[1:]) if word[0] == "-" else (1, word)
        bare = bare.replace("+", " + ").replace(".", " ")
        kind, _, name = bare.rpartition(":")
        if kind:
            keys[f"{kind}: {name}"] = sign * (1.0 if kind == "act" else 0.5)
        elif "+" in bare:
            keys[f"opening: {bare}"] = sign * 0.8
        else:
            half = 0.5 if bare in HALF else 1.0
            keys |= {f"{place}: {bare}": sign * weight * half for place, weight in _PLACES}
    return keys


def fit(x: Array, y: Array, weight: Array, prior: Array, shrinkage: float) -> Array:
    """Weights of a logistic regression with a Gaussian prior, by Newton's method; no step makes it worse."""
    b = prior.copy()
    free = np.full(len(b), shrinkage)
    free[0] = 0.05

    def lost(b: Array) -> float:
        z = x @ b
        return float((weight * (np.logaddexp(0, z) - y * z)).sum() + 0.5 * (free * (b - prior) ** 2).sum())

    wide = len(b) > len(x)  # more signs than rows: solved for the rows, which are fewer
    spread = (x / free) if wide else x
    square = spread @ x.T if wide else x
    best = lost(b)
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ b, -30, 30)))
        bend = np.maximum(weight * p * (1 - p), 1e-6)
        if wide:
            pull = x @ (b - prior) + weight * (y - p) / bend
            aim = prior + spread.T @ np.linalg.solve(square + np.diag(1 / bend), pull)
        else:
            slope = x.T @ (weight * (p - y)) + free * (b - prior)
            aim = b - np.linalg.solve((x.T * bend) @ x + np.diag(free), slope)
        step, before = aim - b, best
        while (best := lost(b + step)) > before and np.abs(step).max() > 1e-6:
            step = step / 2
        b = b + step
        if before - best < 1e-6:
            break
    return b


def matrix(rows: Sequence[dict[str, float]], known: Iterable[str] = ()) -> tuple[list[str], Array]:
    """Names of all features, ``base`` first, and their values by row; those that are ``known`` are listed
    even if no row has them."""
    names = ["base", *sorted(({name for row in rows for name in row} | set(known)) - {"base"})]
    index = {name: i for i, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    for i, row in enumerate(rows):
        x[i, 0] = 1.0
        for name, value in row.items():
            x[i, index[name]] = value
    return names, x


class CountryTask:
    """One row for each story and country that it names or that is its home."""

    def __init__(
        self,
        stories: Sequence[Annotated],
        readings: Sequence[Reading],
        acting: Sequence[frozenset[str]] | None = None,
    ) -> None:
        """Collect the features of all stories; ``acting``, the states whose acts each reports, if they are known."""
        self.rows: list[dict[str, float]] = []
        self.keys: list[tuple[int, str]] = []
        for i, reading in enumerate(readings):
            signs, home = collect_signs(reading), home_of(reading)
            if home:
                signs.setdefault(home, CountrySigns())
            for code, values in country_features(reading, signs, home, acting[i] if acting else None).items():
                self.rows.append(values)
                self.keys.append((i, code))
        self.names, self.x = matrix(self.rows)
        gold = [story.gold for story in stories]
        self.y = np.array([float(code in gold[i]["countries"]) for i, code in self.keys])
        self.weight = np.array(
            [OK_COUNTRY if code in gold[i]["countries_ok"] else 1.0 for i, code in self.keys]
        )

    def learn(self, rows: Any) -> Array:
        """The weights learnt from some rows."""
        prior = np.zeros(len(self.names))
        return fit(self.x[rows], self.y[rows], self.weight[rows], prior, COUNTRY_SHRINKAGE)


class MeasureTask:
    """One row for each measure that a sentence might report; right if actor, kind of act, target and stage are."""

    def __init__(self, stories: Sequence[Annotated], readings: Sequence[Reading]) -> None:
        """Collect the candidates of all stories."""
        self.keys: list[tuple[int, Measure]] = []
        rows, right = [], []
        for i, (story, reading) in enumerate(zip(stories, readings, strict=True)):
            known = {
                measure_key(m["by"], m["action"], m["target"], m["status"]) for m in story.gold["measures"]
            }
            for candidate in measure_candidates(*measure_grounds(reading)):
                m = candidate.measure
                self.keys.append((i, m))
                rows.append(candidate.signs)
                right.append(float(measure_key(m.by, m.action, m.target, m.status) in known))
        self.names, self.x = matrix(rows)
        self.y = np.array(right)

    def learn(self, rows: Any) -> Array:
        """The weights learnt from some rows."""
        prior = np.zeros(len(self.names))
        return fit(self.x[rows], self.y[rows], np.ones(len(self.y))[rows], prior, MEASURE_SHRINKAGE)


def measure_key(by: str, action: str, target: str, status: str) -> tuple[str, str, str, str]:
    """What two measures must share to be one: actor, kind of act, target, stage."""
    return by, GROUPS[action], target, STAGES[status]


class TopicTask:
    """One row a story, one set of weights a topic."""

    def __init__(self, stories: Sequence[Annotated], readings: Sequence[Reading]) -> None:
        """Collect the signs of all stories."""
        facts = [facts_of(reading) for reading in readings]
        by_rule = [read_by_rule(measure_candidates(*measure_grounds(reading))) for reading in readings]
        self.names, self.x = matrix(
            [
                signs_of(r, acts, f.incidents, f.roles, PAIRS)
                for r, acts, f in zip(readings, by_rule, facts, strict=True)
            ],
            # What the definitions name counts although no annotated story has it.
            {key for code in PRIORS for key in _prior_keys(code)},
        )
        self.gold = [story.gold for story in stories]

    def learn(self, rows: Any) -> dict[str, Array]:
        """The weights of each topic, learnt from some rows."""
        learnt = {}
        for code in PRIORS:
            y = np.array([float(code in gold["topics"]) for gold in self.gold])
            weight = np.array([OK_TOPIC if code in gold["topics_ok"] else 1.0 for gold in self.gold])
            prior = prior_of(code, self.names)
            learnt[code] = fit(self.x[rows], y[rows], weight[rows], prior, TOPIC_SHRINKAGE)
        return learnt

    def filed(self, publishers: list[str], seed: int) -> list[list[str]]:
        """Topics of each story, best first, by weights that never saw its publisher."""
        fold = folds_of(publishers, count=6, seed=seed)
        chosen: list[list[str]] = [[] for _ in publishers]
        for k in sorted(set(fold)):
            learnt = self.learn(fold != k)
            for i in np.flatnonzero(fold == k):
                p = {code: 1 / (1 + np.exp(-np.clip(self.x[i] @ b, -30, 30))) for code, b in learnt.items()}
                order = zip(sorted(p, key=lambda code: -p[code]), TOPIC_THRESHOLDS, strict=False)
                chosen[i] = [code for code, least in order if p[code] >= least]
        return chosen


class EventTask:
    """One row for each pair of stories at most two weeks apart."""

    def __init__(
        self, stories: Sequence[Annotated], readings: Sequence[Reading], filed: Sequence[Sequence[str]] = ()
    ) -> None:
        """Collect the features of all pairs; ``filed``: topics by weights that never saw the story, best first.

        The shipped weights of topics know the stories, and would make events trust a topic more than they may.
        """
        told = [facts_of(reading) for reading in readings]
        topics = [topics[0] for topics in filed] or [facts.topics[0].code for facts in told]
        self.stories = [
            event_story(s, f, r.rules, t) for s, f, r, t in zip(stories, told, readings, topics, strict=True)
        ]
        self.events = [story.gold["event"] for story in stories]
        self.pairs: list[tuple[int, int]] = []
        rows = []
        for i, one in enumerate(self.stories):
            for j in range(i):
                other = self.stories[j]
                if one and other and comparable(one, other):
                    self.pairs.append((j, i))
                    rows.append(pair_features(other, one))
        self.names, self.x = matrix(rows)
        self.y = np.array(
            [float(bool(self.events[i]) and self.events[i] == self.events[j]) for j, i in self.pairs]
        )

    def learn(self, rows: Any) -> Array:
        """The weights learnt from some rows; shrunk strongly, since true pairs are few."""
        prior = np.zeros(len(self.names))
        return fit(self.x[rows], self.y[rows], np.ones(len(self.y))[rows], prior, EVENT_SHRINKAGE)


def event_story(story: Annotated, facts: Facts, rules: Rules, topic: str) -> EventStory | None:
    """What the loader would compare a story of this topic by; None if it is undated."""
    published = story.article.published_at
    if published is None:
        return None
    return EventStory(
        id=story.article.id, day=published.date(), language=primary_subtag(story.article.language),
        countries=frozenset(r.entity for r in facts.roles if r.type == "country" and r.is_subject),
        topic=topic, names=frozenset(facts.event.names),
        rare_names=frozenset(facts.event.names) - rules.subject.common_names, words=frozenset(facts.event.words),
        numbers=frozenset(facts.event.numbers), acts=frozenset(facts.event.acts),
        reports_event=facts.event.reports_event,
    )  # fmt: skip


def acting_states(readings: Sequence[Reading], names: Sequence[str], learnt: Array) -> list[frozenset[str]]:
    """The states whose acts each story reports, read with these weights of countries."""
    weights = dict(zip(names, learnt.tolist(), strict=True))
    return [
        states_of(read_by_rule(measure_candidates(*measure_grounds(reading, weights))))
        for reading in readings
    ]


def _written(names: Sequence[str], b: Array) -> str:
    pairs = zip(names, b, strict=True)
    return "; ".join(f"{name} = {value:.2f}" for name, value in pairs if abs(value) >= _LEAST)


def write_weights(path: Path, lines: dict[str, str]) -> None:
    """Write the lines of the module of weights that are given by name; the others stay."""
    text = path.read_text(encoding="utf-8")
    for name, line in lines.items():
        text = re.sub(rf"^{name} \| .*$", lambda _, n=name, v=line: f"{n} | {v}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")


def _tables(names: Sequence[str], b: Array) -> str:
    keys = (f'"{name}"' if name != "base" else name for name in names)
    return "".join(f"{k} = {v:.2f}\n" for k, v in zip(keys, b, strict=True) if abs(v) >= _LEAST)


def write_topics(path: Path, tables: dict[str, str]) -> None:
    """Write the weights of topics, a table each, under the comment at the head of the file."""
    head = path.read_text(encoding="utf-8").partition("\n\n")[0]
    text = "".join(f"\n[{code}]\n{table}" for code, table in tables.items())
    path.write_text(f"{head}\n{text}", encoding="utf-8")


def main() -> None:
    """Learn the weights and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--more", type=Path, nargs="*", default=[], help="files from which only measures are learnt"
    )
    options = parser.parse_args()
    stories = [story for gold in options.gold for story in read_annotated(gold, options.texts)]
    more = [story for gold in options.more for story in read_annotated(gold, options.texts)]
    rules = compile_rules(read_watchlist(None))
    readings = [read_story(story.article, rules) for story in stories]
    countries, topics = CountryTask(stories, readings), TopicTask(stories, readings)
    path = WATCHLIST.parent / "extractors" / "facts" / "weights.py"
    measures = MeasureTask([*stories, *more], [*readings, *(read_story(s.article, rules) for s in more)])
    write_weights(path, {"measures": _written(measures.names, measures.learn(slice(None)))})
    learnt_first = countries.learn(slice(None))
    lines = {"countries": _written(countries.names, learnt_first)}
    settled = CountryTask(stories, readings, acting_states(readings, countries.names, learnt_first))
    lines["settled countries"] = _written(settled.names, settled.learn(slice(None)))
    events = EventTask(stories, readings, topics.filed([story.publisher for story in stories], 0))
    lines["events"] = _written(events.names, events.learn(slice(None)))
    learnt = topics.learn(slice(None))
    write_weights(path, lines)
    write_topics(WATCHLIST / TOPICS_FILE, {code: _tables(topics.names, b) for code, b in learnt.items()})


if __name__ == "__main__":
    main()
