"""The facts of a kept story, and a judge that adds them.

read -> countries -> other roles -> measures, incidents -> countries again, with the states that act -> topics -> signs
of the event
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fivegwatch.extractors.facts.country_roles import country_roles, firm_origins
from fivegwatch.extractors.facts.entity_roles import entity_roles
from fivegwatch.extractors.facts.event_signs import event_signs
from fivegwatch.extractors.facts.incidents import incidents_of
from fivegwatch.extractors.facts.measures import measure_candidates, measures_of, read_by_rule
from fivegwatch.extractors.facts.reading import Reading, read_story
from fivegwatch.extractors.facts.sentences import Sentence, sentences_of
from fivegwatch.extractors.facts.signs import signs_of
from fivegwatch.extractors.facts.topics import topics_of
from fivegwatch.extractors.judging.evidence import collect_evidence
from fivegwatch.extractors.judging.judgement import decide, terms_language
from fivegwatch.extractors.model import Article, Decision, Mention
from fivegwatch.extractors.story_facts import VERSION, Facts, Measure, Role
from fivegwatch.extractors.watchlist.compile import Rules


def judge_story(article: Article, rules: Rules) -> Decision:
    """The decision on an article. For a story or near miss it includes the facts, and the topics and mentions that
    follow from them."""
    language = terms_language(article)
    evidence = collect_evidence(article.title, article.text, language, rules)
    decision = decide(article, language, evidence, rules, facts_follow=True)
    if not (decision.relevant or decision.near_miss):
        return decision
    facts = facts_of(read_story(article, rules, evidence))
    return replace(
        decision,
        facts=facts,
        topics=tuple(topic.code for topic in facts.topics),
        mentions=tuple(_mention(role) for role in facts.roles if role.count),
    )


def read_facts(article: Article, rules: Rules) -> Facts:
    """The facts of the article. They depend on the article and the rules only, never on other stories."""
    return facts_of(read_story(article, rules))


def facts_of(reading: Reading) -> Facts:
    """The facts of a story, from its reading."""
    _, sentences, countries, roles = measure_grounds(reading)
    candidates = measure_candidates(reading, sentences, countries, roles)
    by_rule = read_by_rule(candidates)
    incidents = incidents_of(reading, sentences, countries, roles)
    settled = country_roles(reading, states_of(by_rule))
    roles = [*settled, *roles[len(countries) :]]
    topics = topics_of(signs_of(reading, by_rule, incidents, roles), reading)
    return Facts(
        version=VERSION,
        roles=tuple(roles),
        topics=topics,
        measures=measures_of(candidates),
        incidents=incidents,
        event=event_signs(reading, roles, topics, by_rule, incidents),
    )


def states_of(measures: Sequence[Measure]) -> frozenset[str]:
    """Codes of the states that perform the ``measures``."""
    return frozenset(m.by for m in measures if len(m.by) == 2)


def measure_grounds(
    reading: Reading, weights: Mapping[str, float] | None = None
) -> tuple[Reading, Sequence[Sentence], Sequence[Role], Sequence[Role]]:
    """What measures are read from: the reading, its sentences, the roles of countries, and all roles.

    ``weights``: of the features of countries, by default the shipped weights.
    """
    countries = country_roles(reading, weights=weights)
    roles = [*countries, *entity_roles(reading, countries)]
    near = {role.entity: role.confidence for role in countries if role.is_subject}
    return reading, sentences_of(reading, reading.once(firm_origins), near), countries, roles


def _mention(role: Role) -> Mention:
    return Mention(
        entity=role.entity if role.type != "country" else role.name.lower().replace(" ", "-"),
        name=role.name,
        type=role.type,
        country=role.country,
        count=role.count,
        field="title" if role.passage.field == "title" else "text",
        start=role.passage.start,
    )
