"""Reads ``subject.toml`` and ``topics.toml``: what a watchlist says of its subject besides terms and rules, and the
trained weights of its topics.

A watchlist without these files is judged and described in neutral words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from fivegwatch.extractors.watchlist.model import Facet
from fivegwatch.extractors.watchlist.tables import Faults, Table

ABOUT_FILES = SUBJECT_FILE, TOPICS_FILE = "subject.toml", "topics.toml"
LENT = "lent-"
"""Prefix of the names of shipped files that replace those that a user's folder lacks. They may name facets that the
folder lacks, and are not part of the fingerprint."""
SHIPPED_FIRST = "5g"
"""Name of the shipped watchlist that `init` copies when the user names none."""
WORDING = {
    "in_passing": "The subject is named in passing at most ({subject}).",
    "apart": "No title or sentence joins the subject ({subject}) with a reason to report on it ({cause}).",
    "together": "It joins the subject ({subject}) only with what is no reason to report on it ({cause}).",
    "no_cause": "It names the subject ({subject}), but no reason to report on it.",
    "no_subject": "It has a reason to report ({cause}), but does not name the subject.",
    "neither": "It does not name the subject.",
}
"""The reason for a text in which no rule fires, if the watchlist has no wording of its own."""
NEWER = {"scope_words", "groups", "described", "contested", "common_names"}
"""Keys of ``[facts]`` that later releases added. A file that has none of them gets their values from the shipped
file."""
_PAIR = re.compile(r"opening: (\w+) \+ (\w+)")
PARTS = ("accused", "acts", "victim", "in_question", "subject")
"""Roles that ``[facts.parts]`` may give to entities of a type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a watchlist says of its subject. Facets and types of entities are given by their ids."""

    name: str = SHIPPED_FIRST
    title: str = "News of one subject"
    """Heading of releases, briefs and pages."""
    wording: Mapping[str, str] = field(default_factory=lambda: WORDING)
    no_danger: frozenset[str] = frozenset()
    """Angles that are not a danger by themselves, such as a law."""
    not_alone: frozenset[str] = frozenset()
    """Facets that do not outweigh counter-evidence by themselves, because everyday news has them too."""
    missed: Mapping[str, str] = field(default_factory=dict)
    """Facet to a second facet: if an article has the second and lacks the first, the reason says so."""
    attacked: frozenset[str] = frozenset()
    """Facets of things that can be attacked."""
    sector: frozenset[str] = frozenset()
    """Facets that show that a measure which names nobody is directed at the sector."""
    sector_name: str = "operators"
    """Target of a measure that names nobody and is directed at the sector, in words."""
    victims: str = "operators"
    """Victims of an incident that names nobody, in words."""
    users: str = "users"
    """Victims of an incident of a kind that hits users, in words."""
    scopes: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """Parts of the subject to which a measure can be limited, each with a pattern for folded text; the first that
    matches counts."""
    groups: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """Groups that measures target without naming a vendor, each with a pattern for folded text; the first that matches
    counts."""
    described: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """Like ``groups``, but the words may mean the only contested vendor that a story is about."""
    contested: frozenset[str] = frozenset()
    """Countries against whose vendors measures are taken."""
    common_names: frozenset[str] = frozenset()
    """Ids of entities that are in so many stories that naming the same one is no sign of the same event."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Type of entities to the role of such an entity in a story that is about it. Types that every watchlist has are
    left out."""
    topic_words: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """Signs of topics that are not facets, each with a pattern for folded text."""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    """Topic to a description of what belongs to it."""


def read_about(
    files: Mapping[str, Table], facets: Mapping[str, Facet], topics: Collection[str]
) -> tuple[Subject, dict[str, dict[str, float]]]:
    """The subject of a watchlist, and the trained weights of its topics; shipped files replace missing ones."""
    subject, weights = (files.get(name) or files.get(LENT + name) for name in ABOUT_FILES)
    lent = files.get(LENT + SUBJECT_FILE)
    return read_subject(subject, facets, topics, lent=lent), read_topic_weights(weights, topics)


def read_subject(
    file: Table | None, facets: Mapping[str, Facet], topics: Collection[str], *, lent: Table | None = None
) -> Subject:
    """The subject that ``subject.toml`` describes. Without the file it is a neutral one, in which all facets of
    subjects can be attacked.

    ``lent`` is the shipped file. If ``file`` has none of the keys `NEWER`, their values come from ``lent``. Unknown
    facets, topics and roles are faults in the user's file and are ignored in the shipped one.
    """
    subjects = frozenset(f.id for f in facets.values() if f.role in ("subject", "direct"))
    if file is None:
        return Subject(attacked=subjects, sector=subjects)
    file.only("name", "title", "wording", "facets", "facts", "topics")
    if file.file.startswith(LENT):
        file = _cut_down(file, facets, topics)
    facts, roles = file.table("facts"), file.table("facets")
    facts.only(
        "attacked", "sector", "sector_name", "victims", "users", "scopes", "scope_words", "groups", "described",
        "contested", "common_names", "parts", "topic_words",
    )  # fmt: skip
    roles.only("no_danger", "not_alone", "missed")
    default = Subject()
    newer = lent.table("facts") if lent and not NEWER & facts.values.keys() else facts
    return Subject(
        name=_name(file),
        title=file.text("title", default.title),
        wording=_wording(file.table("wording")),
        no_danger=_known(roles, "no_danger", facets),
        not_alone=_known(roles, "not_alone", facets),
        missed=_pairs(roles.table("missed"), facets, facets),
        attacked=_known(facts, "attacked", facets, subjects),
        sector=_known(facts, "sector", facets, subjects),
        sector_name=facts.text("sector_name", default.sector_name),
        victims=facts.text("victims", default.victims),
        users=facts.text("users", default.users),
        scopes=_patterns(facts.table("scopes")),
        groups=_patterns(newer.table("groups")),
        described=_patterns(newer.table("described")),
        contested=frozenset(newer.texts("contested")),
        common_names=frozenset(newer.texts("common_names")),
        parts=_pairs(facts.table("parts"), None, PARTS),
        topic_words=_patterns(facts.table("topic_words")),
        descriptions=_descriptions(file.table("topics"), topics),
    )


def read_topic_weights(file: Table | None, topics: Collection[str]) -> dict[str, dict[str, float]]:
    """For each topic, the trained weight (log-odds) of each of its signs.

    Topics that the watchlist lacks are left out.
    """
    weights = {}
    for topic, table in file.tables("Write [TOPIC] above it.") if file else ():
        if topic in topics:
            weights[topic] = {sign: float(table.number(sign, 0.0)) for sign in table.values}
    return weights


def pairs_of(weights: Mapping[str, Mapping[str, float]]) -> tuple[tuple[str, str], ...]:
    """Each pair (x, y) of facets or kinds of entities for which some topic has a weight named ``opening: x + y``."""
    signs = sorted({sign for topic in weights.values() for sign in topic})
    return tuple((pair[1], pair[2]) for pair in map(_PAIR.fullmatch, signs) if pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The words of a watchlist that a corpus stores, so that a reader of the corpus needs no watchlist."""

    title: str
    topics: tuple[tuple[str, str, str], ...]
    """Code, label and description of each topic."""
    scopes: Mapping[str, str]
    """Part to which a measure is limited, mapped to the words for it in a sentence."""
    common_names: tuple[str, ...]
    """The ids in `Subject.common_names`."""


def described(files: Mapping[str, str]) -> Described:
    """The words of a watchlist that a corpus stores, from the watchlist's ``files``."""
    faults = Faults()
    lent = faults.parse(SUBJECT_FILE, files.get(LENT + SUBJECT_FILE, ""))
    subject = faults.parse(SUBJECT_FILE, files[SUBJECT_FILE]) if SUBJECT_FILE in files else lent
    topics, words = faults.parse("rules.toml", files["rules.toml"]).table("topics"), subject.table("topics")
    facts = subject.table("facts")
    newer = facts if NEWER & facts.values.keys() else lent.table("facts")
    scopes = newer.table("scope_words")
    return Described(
        title=subject.text("title", Subject().title),
        topics=tuple((code, topics.text(code), words.text(code)) for code in topics.values),
        scopes={scope: scopes.text(scope) for scope in scopes.values},
        common_names=newer.texts("common_names"),
    )


def has_newer(text: str) -> bool:
    """Whether a ``subject.toml`` has any of the keys that later releases added (`NEWER`).

    True for a text that cannot be read.
    """
    faults = Faults()
    facts = faults.parse(SUBJECT_FILE, text).table("facts")
    return facts.unusable or bool(NEWER & facts.values.keys())


def name_of(text: str | None) -> str:
    """The watchlist's name in the text of a ``subject.toml``; without such a file, the name of the first shipped
    watchlist."""
    return SHIPPED_FIRST if text is None else Faults().parse(SUBJECT_FILE, text).text("name", "")


def _name(file: Table) -> str:
    name = file.text("name", SHIPPED_FIRST)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        file.fault("name", f"is {name!r}", "Write small letters, digits and hyphens.")
    return name


def _cut_down(file: Table, facets: Collection[str], topics: Collection[str]) -> Table:
    """The shipped ``file`` without entries for facets and topics that the user's watchlist lacks."""
    values = dict(file.values)
    roles, facts = dict(values.get("facets", {})), dict(values.get("facts", {}))
    for table in (roles, facts):
        for key in ("no_danger", "not_alone", "attacked", "sector"):
            if key in table:
                table[key] = [name for name in table[key] if name in facets]
    missed = roles.get("missed", {})
    roles["missed"] = {one: other for one, other in missed.items() if one in facets and other in facets}
    described = {topic: text for topic, text in values.get("topics", {}).items() if topic in topics}
    return Faults().table(file.file, values | {"facets": roles, "facts": facts, "topics": described})


def _wording(table: Table) -> dict[str, str]:
    table.only(*WORDING)
    wording = {}
    for key, neutral in WORDING.items():
        wording[key] = table.text(key, neutral)
        try:
            wording[key].format(subject="", cause="")
        except (LookupError, ValueError):
            table.fault(key, "has braces other than {subject} and {cause}", "Write no other braces.")
    return wording


def _known(
    table: Table, key: str, facets: Collection[str], default: frozenset[str] = frozenset()
) -> frozenset[str]:
    names = table.texts(key) if key in table.values else tuple(default)
    for name in names:
        if name not in facets:
            table.fault(key, f"holds {name!r}, which is no facet", f"Facets: {', '.join(facets)}.", near=name)
    return frozenset(names)


def _pairs(table: Table, keys: Collection[str] | None, values: Collection[str]) -> dict[str, str]:
    if keys is not None:
        table.only(*keys)
    return {key: table.one_of(key, values) for key in table.values}


def _patterns(table: Table) -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = []
    for name in table.values:
        try:
            patterns.append((name, re.compile(table.text(name))))
        except re.error as exc:
            table.fault(name, f"is no regular expression: {exc}", "Mend it, or delete the line.")
    return tuple(patterns)


def _descriptions(table: Table, topics: Collection[str]) -> dict[str, str]:
    for topic in table.values:
        if topic not in topics:
            table.fault(topic, "is no topic of rules.toml", f"Known topics: {', '.join(topics)}.")
    return {topic: table.text(topic) for topic in table.values}
