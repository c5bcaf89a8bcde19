"""Checks saved conditions: whether the watchlist knows what they name, and which recent stories meet them.

conditions, rules, stories -> a line for each condition, faults first
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from fivegwatch.extractors.facts.country_codes import country_codes, country_hint
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.alerts.raising import Row, matches
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.settings.alerts import Condition

TRIAL_DAYS = 30
"""Days whose stories a condition is tried on."""
WHERE = {
    "country": "",
    "topic": "; its [topics] are in rules.toml",
    "entity": "; the view entities lists the names",
}
"""Where the values of each kind are listed."""


def faults_of(condition: Condition, rules: Rules) -> list[str]:
    """The values in the condition that no story can ever have, each with the likeliest spelling."""
    names = sorted({entity.name for entity in rules.entities.values()})
    known = {
        "topic": (condition.topics, sorted(rules.topics)),
        "country": (condition.countries, country_codes()),
        "entity": (condition.entities, names),
    }
    faults = []
    for kind, (wanted, values) in known.items():
        plain = {value.casefold(): value for value in values}
        for word in wanted:
            if word in values or (kind == "entity" and word.casefold() in plain):
                continue
            near = difflib.get_close_matches(word.casefold(), plain, n=1)
            meant = f"; did you mean {plain[near[0]]!r}?" if near else WHERE[kind]
            meant = f"; {country_hint(word)}" if kind == "country" else meant
            faults.append(f"condition {condition.name}: no {kind} {word!r} in the watchlist{meant}")
    return faults


def trial_of(condition: Condition, stories: Sequence[Row]) -> str:
    """A line that says how many stories of the last ``TRIAL_DAYS`` days meet the condition, and names the newest of
    them."""
    met: Iterable[Row] = {
        story["cluster_id"]: story for story in stories if matches(story, condition)
    }.values()
    titles = [story["title"] for story in met]
    newest = f"; the newest: {titles[-1]}" if titles else ""
    texts = counted(len({story["cluster_id"] for story in stories}), "story", "stories")
    return f"condition {condition.name}: {len(titles)} of {texts} of the last {TRIAL_DAYS} days{newest}"
