"""Checks the saved conditions for alerts: whether the watchlist has the names in them, and which recent stories match.

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
"""A condition is tried on the stories of this many days."""
WHERE = {
    "country": "",
    "topic": "; its [topics] are in rules.toml",
    "entity": "; the view entities lists the names",
}
"""The end of a message about an unknown value, by the key of the condition: where the valid values are listed."""


def faults_of(condition: Condition, rules: Rules) -> list[str]:
    """A line for each value in ``condition`` that no story can ever have, with the most similar valid value."""
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
    """A line that says how many stories of the last ``TRIAL_DAYS`` days match ``condition``, and names the newest of
    them.
    """
    met: Iterable[Row] = {
        story["cluster_id"]: story for story in stories if matches(story, condition)
    }.values()
    titles = [story["title"] for story in met]
    newest = f"; the newest: {titles[-1]}" if titles else ""
    texts = counted(len({story["cluster_id"] for story in stories}), "story", "stories")
    return f"condition {condition.name}: {len(titles)} of {texts} of the last {TRIAL_DAYS} days{newest}"
