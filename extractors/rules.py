"""Compile watchlist files into rules: terms, entities, patterns, combinations, topics, weights.

``terms/<language>.toml``  one table a facet, lists ``strong`` and ``weak``
``entities/<type>.toml``   one table an entity; the table's name is its id for ever
``rules.toml``             threshold, facets, combinations, topics, patterns, contexts, guards
``weights.toml``           what each named piece of evidence adds to the score, with its provenance
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from extractors.folding import fold_term
from extractors.inflection import UNBROKEN, Pattern, is_written, spell_out
from extractors.rule_files import RuleFile, parse_rule_file
from extractors.scanning import Scanner

ScanFor = Literal["evidence", "names", "subjects"]
ROLES = ("subject", "angle", "direct", "negative", "hint", "topic", "mask")
GRADES = ("strong", "medium", "weak")
_ENTITY_KEYS = (
    "name", "aliases", "country", "facet", "strong", "needs", "case", "wikidata", "note", "languages",
)  # fmt: skip
_RULES_KEYS = (
    "threshold", "near_miss", "facets", "rules", "topics", "patterns", "contexts", "generation_guard",
    "languages",
)  # fmt: skip
_SAFE_PATTERN_CHARS = 300
_DISTINCT_LETTERS = 9
_IDENTIFIER_TAIL = 20
_DECLINED = ("vendor:", "operator:", "threat_actor:", "malware:")


@dataclass(frozen=True, slots=True)
class Term:
    """Something to find: a term of a language, a name of an entity, or an identifier pattern."""

    id: str
    facet: str
    strong: bool
    language: str
    """Empty: applies to every language."""
    text: str
    case: bool = False
    """The original must be spelt as given (or all in capitals), not merely folded alike."""
    needs: tuple[str, ...] = ()
    """Folded words of which one must stand near; guards an ambiguous name."""
    regex: str = ""
    """Identifier pattern, tried on the original text where ``text`` was found."""
    entity: str = ""
    accents: bool = False
    """Accents must agree: the term is so short that without them it is another word (Vietnamese above all)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Who or what a mention names."""

    id: str
    name: str
    type: str
    country: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of evidence and what part it plays."""

    id: str
    role: str
    label: str
    bit: int
    """Bit of the facet; the next higher bit says that a strong term of it was seen."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Facets that must meet in one passage."""

    id: str
    label: str
    grade: str
    masks: tuple[int, ...]
    """Each must share a bit with the passage."""
    absent: int
    """No bit of it may be in the passage."""
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """Words that make ``5g`` something else; folded."""

    grams: frozenset[str]
    classes: frozenset[str]
    units: frozenset[str]


@dataclass(frozen=True)
class Rules:
    """Everything matching and judging need. Immutable; scanners are built on first use (about 10 ms each)."""

    fingerprint: str
    """SHA-256 (hex) of the normalised meaning: comments and order do not change it."""
    threshold: float
    near_miss: float
    """Rejected articles whose score is within this distance of the threshold are near misses."""
    terms: tuple[Term, ...]
    entities: Mapping[str, Entity]
    facets: Mapping[str, Facet]
    combinations: tuple[Combination, ...]
    topics: Mapping[str, str]
    weights: Mapping[str, float]
    guard: Guard
    languages: Mapping[str, tuple[str, ...]]
    """Detected language (primary subtag) to the term files that apply."""
    warnings: tuple[str, ...] = ()
    _scanners: dict[tuple[str, bool, ScanFor], Scanner] = field(default_factory=dict, compare=False, repr=False)

    fired_masks: dict[int, tuple[tuple[str, ...], int]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """Memory of the judge: passage mask to the combinations it fires and their best grade."""

    def __getstate__(self) -> dict[str, Any]:
        # Automata do not pickle; a child process builds its own.
        return {**self.__dict__, "_scanners": {}, "fired_masks": {}}

    @cached_property
    def scored_bits(self) -> tuple[tuple[int, str], ...]:
        """Facets that make features, with their bits."""
        return tuple((f.bit, f.id) for f in self.facets.values() if f.role not in ("mask", "topic"))

    @cached_property
    def masks(self) -> tuple[int, ...]:
        """Facet bits of each term; 0 for names that are no evidence in themselves."""
        return tuple(self._mask_of(term) for term in self.terms)

    @cached_property
    def guarded(self) -> tuple[bool, ...]:
        """Whether a hit of each term needs a further look at the original text."""
        return tuple(
            bool(term.case or term.needs or term.regex or fold_term(term.text)[:1].isdigit())
            for term in self.terms
        )

    @cached_property
    def hiding(self) -> int:
        """Bits of the facets that hide what lies inside their terms."""
        return sum(facet.bit for facet in self.facets.values() if facet.role == "mask")

    @cached_property
    def any_bits(self) -> int:
        """The lower bit of every facet."""
        return sum(facet.bit for facet in self.facets.values())

    @cached_property
    def subject_bits(self) -> int:
        """Bits without any of which no story is on topic: a strong subject, or subject and angle in one."""
        return sum(f.bit << 1 for f in self.facets.values() if f.role in ("subject", "direct"))

    @cached_property
    def network_bits(self) -> int:
        """Strong bits of the subjects that are networks and their operators, not a vendor's name alone."""
        return sum(
            f.bit << 1
            for f in self.facets.values()
            if f.role == "direct" or (f.role == "subject" and f.id != "vendor")
        )

    @cached_property
    def negative_bits(self) -> int:
        """Bits that say a strong term of something that looks alike was seen."""
        return sum(facet.bit << 1 for facet in self.facets.values() if facet.role == "negative")

    @cached_property
    def angle_bits(self) -> int:
        """Bits that say a strong term of an angle, or of security and network in one, was seen."""
        return sum(f.bit << 1 for f in self.facets.values() if f.role in ("angle", "direct") and f.id != "policy")

    @cached_property
    def judging(self) -> frozenset[str]:
        """Combinations that count in the score; the others only assign topics."""
        return frozenset(c.id for c in self.combinations if not c.id.startswith("topic_"))

    def _mask_of(self, term: Term) -> int:
        facet = self.facets.get(term.facet)
        return 0 if facet is None else facet.bit * (3 if term.strong else 1)

    def scanner(self, language: str, attached: bool, part: ScanFor) -> Scanner:
        """The scanner for a language (BCP 47; empty or unknown: all); ``attached`` for scripts without spaces."""
        files = self.languages_of(language)
        key = ("+".join(files), attached, part)
        if key not in self._scanners:
            self._scanners[key] = Scanner(self._patterns(files, part), unbroken=attached)
        return self._scanners[key]

    def languages_of(self, language: str) -> tuple[str, ...]:
        """Names of the term files that apply to a text of ``language``, sorted; empty: all of them."""
        primary = language.replace("_", "-").split("-")[0].lower()
        return self.languages.get(primary, ())

    def _patterns(self, files: tuple[str, ...], part: ScanFor) -> Iterator[tuple[int, Pattern]]:
        for number, term in enumerate(self.terms):
            if term.language and files and term.language not in files:
                continue
            mask = self.masks[number]
            wanted = bool(term.entity) if part == "names" else mask & (self.subject_bits if part == "subjects" else -1)
            if wanted:
                for pattern in self._spellings(term):
                    yield number, pattern

    def _spellings(self, term: Term) -> Iterator[Pattern]:
        """Terms are inflected; companies take a short ending (Huaweiem); all other names stand as written."""
        if not (term.entity or term.regex):
            yield from spell_out(term.text, term.language)
            return
        for pattern in spell_out(term.text, term.language, exact=True):
            if term.regex:
                yield replace(pattern, tail=_IDENTIFIER_TAIL)
            elif (
                term.id.startswith(_DECLINED)
                and len(pattern.literal) >= 5
                and not pattern.tail
                and not term.case
            ):
                yield replace(pattern, tail=3)
            else:
                yield pattern


def compile_rules(files: Mapping[str, str]) -> Rules:
    """Rules from the texts of the watchlist files, by relative name.

    Raises: WatchlistError with file, line and remedy for the first thing that is wrong.
    """
    parsed = {name: parse_rule_file(name, text) for name, text in sorted(files.items()) if _is_ours(name)}
    main = parsed.get("rules.toml") or parse_rule_file("rules.toml", "")
    if not main.values:
        raise main.fault("this file is missing or empty.", remedy="Restore it with `fivegwatch init`.")
    main.check_keys(main.values, _RULES_KEYS, "rules.toml")
    facets = _read_facets(main)
    contexts = _read_contexts(main)
    topics = _read_topics(main)
    terms: list[Term] = []
    entities: dict[str, Entity] = {}
    for name, file in parsed.items():
        if name.startswith("terms/"):
            terms += _read_terms(file, facets)
        elif name.startswith("entities/"):
            for entity, names in _read_entities(file, facets, contexts):
                if entity.id in entities:
                    raise file.fault(
                        f"entity {entity.id!r} is already in entities/{entities[entity.id].type}.toml.",
                        near=entity.id,
                        remedy="Ids are unique over all files: rename one.",
                    )
                entities[entity.id] = entity
                terms += names
    terms += _read_patterns(main, facets)
    combinations = _read_combinations(main, facets, topics)
    weights = _read_weights(parsed.get("weights.toml"))
    threshold = main.number(main.values, "threshold", "rules.toml", 0.0)
    near_miss = main.number(main.values, "near_miss", "rules.toml", 1.0)
    terms.sort(key=lambda term: (term.id, term.text))
    meaning = [
        threshold, near_miss, sorted(weights.items()), sorted(contexts.items()), sorted(topics.items()),
        [repr(value) for value in (terms, sorted(entities.items()), sorted(facets.items()), combinations)],
        repr(sorted(main.table(main.values, "generation_guard", "rules.toml").items())),
    ]  # fmt: skip
    return Rules(
        fingerprint=hashlib.sha256(json.dumps(meaning, ensure_ascii=False).encode()).hexdigest(),
        threshold=threshold,
        near_miss=near_miss,
        terms=tuple(terms),
        entities=entities,
        facets=facets,
        combinations=combinations,
        topics=topics,
        weights=weights,
        guard=_read_guard(main),
        languages=_read_languages(main, parsed),
        warnings=tuple(_warnings(terms)),
    )


def _is_ours(name: str) -> bool:
    return name in ("rules.toml", "weights.toml") or (
        name.startswith(("terms/", "entities/")) and name.endswith(".toml")
    )


def _read_facets(file: RuleFile) -> dict[str, Facet]:
    facets: dict[str, Facet] = {}
    for number, (name, table) in enumerate(file.table(file.values, "facets", "rules.toml").items()):
        where = f"facets.{name}"
        file.check_keys(table, ("role", "label"), where)
        role = file.string(table, "role", where)
        if role not in ROLES:
            raise file.fault(f"role {role!r} in {where} is unknown.", near=where, remedy=f"One of {ROLES}.")
        label = file.string(table, "label", where, name)
        facets[name] = Facet(name, role, label, 1 << (2 * number))
    return facets


def _read_contexts(file: RuleFile) -> dict[str, tuple[str, ...]]:
    contexts = file.table(file.values, "contexts", "rules.toml")
    return {name: _fold_needs(file.strings(contexts, name, "contexts")) for name in contexts}


def _read_topics(file: RuleFile) -> dict[str, str]:
    topics = file.table(file.values, "topics", "rules.toml")
    return {name: file.string(topics, name, "topics") for name in topics}


def _fold_needs(words: tuple[str, ...]) -> tuple[str, ...]:
    """Contexts as they are looked up: at the start of a word, anywhere in scripts without spaces."""
    folded = [fold_term(word) for word in words]
    return tuple(word if UNBROKEN.search(word) else f" {word}" for word in folded)


def _read_terms(file: RuleFile, facets: Mapping[str, Facet]) -> Iterator[Term]:
    stem = file.name.removeprefix("terms/").removesuffix(".toml")
    file.check_keys(file.values, {"language", *facets}, file.name)
    language = file.string(file.values, "language", file.name, "" if stem == "any" else stem)
    for facet in facets:
        table = file.table(file.values, facet, file.name)
        file.check_keys(table, ("strong", "weak"), f"[{facet}]")
        seen: set[str] = set()
        for strength in ("strong", "weak"):
            values = table.get(strength, [])
            if not isinstance(values, list):
                raise file.fault(f"{strength!r} in [{facet}] must be a list.", near=strength)
            for value in values:
                term = _read_term(file, value, facet, strength == "strong", language)
                if fold_term(term.text) in seen and not term.case:
                    raise file.fault(
                        f"{term.text!r} is twice in [{facet}].", near=term.text, remedy="Delete one of them."
                    )
                seen.add(fold_term(term.text))
                yield term


def _read_term(file: RuleFile, value: Any, facet: str, strong: bool, language: str) -> Term:
    """A term is a string, or a table with ``term``, ``case`` and ``needs``."""
    table = value if isinstance(value, dict) else {"term": value}
    file.check_keys(table, ("term", "case", "needs"), f"a term of [{facet}]")
    text = file.string(table, "term", f"[{facet}]")
    if not text or not is_written(text):
        raise file.fault(
            f"the term {text!r} in [{facet}] can never match: nothing is left of it after folding.",
            near=text,
            remedy="A term needs at least one letter or digit.",
        )
    needs = _fold_needs(file.strings(table, "needs", f"[{facet}]"))
    case = file.flag(table, "case", f"[{facet}]")
    name = f"{language or 'any'}:{facet}:{text}"
    return Term(name, facet, strong, language, text, case, needs, accents=_needs_accents(text, language))


def _needs_accents(text: str, language: str) -> bool:
    folded = fold_term(text)
    if language == "vi":
        return len(folded) < _DISTINCT_LETTERS
    return len(folded) <= 4 and folded.isascii() and not text.isascii()


def _read_entities(
    file: RuleFile, facets: Mapping[str, Facet], contexts: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Entity, list[Term]]]:
    kind = file.name.removeprefix("entities/").removesuffix(".toml")
    for name, table in file.values.items():
        if not isinstance(table, dict):
            raise file.fault(f"{name!r} stands outside a table.", near=name, remedy="Write [id] above it.")
        file.check_keys(table, _ENTITY_KEYS, f"[{name}]")
        shown = file.string(table, "name", f"[{name}]")
        if not shown or not is_written(shown):
            raise file.fault(f"[{name}] has no name that can match.", near=name, remedy='Add name = "...".')
        facet = file.string(table, "facet", f"[{name}]")
        if facet and facet not in facets:
            raise file.fault(
                f"facet {facet!r} of [{name}] is unknown.", near=name, remedy=f"One of {sorted(facets)}."
            )
        needs = _read_needs(file, table, name, contexts)
        cased = set(file.strings(table, "case", f"[{name}]"))
        aliases = (shown, *file.strings(table, "aliases", f"[{name}]"))
        for alias in (*aliases, *sorted(cased - set(aliases))):
            if not is_written(alias):
                raise file.fault(f"alias {alias!r} of [{name}] can never match.", near=alias)
            if alias in cased and alias not in aliases:
                raise file.fault(f"case lists {alias!r}, which is no name of [{name}].", near=alias)
        entity = Entity(name, shown, kind, file.string(table, "country", f"[{name}]"))
        strong = file.flag(table, "strong", f"[{name}]") or not facet
        yield (
            entity,
            [
                Term(f"{kind}:{name}", facet, strong, "", alias, alias in cased, needs, entity=name)
                for alias in dict.fromkeys(aliases)
            ],
        )


def _read_needs(
    file: RuleFile, table: Mapping[str, Any], name: str, contexts: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    words: list[str] = []
    for need in file.strings(table, "needs", f"[{name}]"):
        if need.startswith("@"):
            if need[1:] not in contexts:
                raise file.fault(
                    f"context {need!r} of [{name}] is unknown.",
                    near=need,
                    remedy=f"Contexts of rules.toml: {', '.join('@' + c for c in contexts)}.",
                )
            words += contexts[need[1:]]
        else:
            words.append(fold_term(need))
    return tuple(words)


def _read_patterns(file: RuleFile, facets: Mapping[str, Facet]) -> Iterator[Term]:
    for name, table in file.table(file.values, "patterns", "rules.toml").items():
        where = f"patterns.{name}"
        file.check_keys(table, ("regex", "anchors", "facet", "strong"), where)
        regex = file.string(table, "regex", where)
        try:
            compiled = re.compile(regex)
        except re.error as exc:
            raise file.fault(f"the regex of {where} is wrong: {exc}.", near=regex) from exc
        if len(regex) > _SAFE_PATTERN_CHARS or re.search(r"[*+}]\)[*+{]", regex):
            raise file.fault(
                f"the regex of {where} may take for ever.", near=regex, remedy="No repeats inside repeats."
            )
        if compiled.match(""):
            raise file.fault(f"the regex of {where} matches nothing at all.", near=regex)
        facet = file.string(table, "facet", where)
        if facet not in facets:
            raise file.fault(f"facet {facet!r} of {where} is unknown.", near=facet)
        anchors = file.strings(table, "anchors", where)
        if not anchors:
            raise file.fault(f"{where} has no anchors.", near=where, remedy="List the fixed beginnings.")
        for anchor in anchors:
            yield Term(f"pattern:{name}", facet, file.flag(table, "strong", where), "", anchor, regex=regex)


def _read_combinations(
    file: RuleFile, facets: Mapping[str, Facet], topics: Mapping[str, str]
) -> tuple[Combination, ...]:
    found = []
    for name, table in file.table(file.values, "rules", "rules.toml").items():
        where = f"rules.{name}"
        file.check_keys(table, ("all", "none", "grade", "label", "topics"), where)
        grade = file.string(table, "grade", where, "medium")
        if grade not in GRADES:
            raise file.fault(
                f"grade {grade!r} in {where} is unknown.", near=where, remedy=f"One of {GRADES}."
            )
        masks = tuple(_mask(file, leg, facets, where) for leg in file.strings(table, "all", where))
        if not masks:
            raise file.fault(f"{where} asks for nothing.", near=where, remedy='Add all = ["facet", ...].')
        absent = 0
        for leg in file.strings(table, "none", where):
            absent |= _mask(file, leg, facets, where)
        labels = file.strings(table, "topics", where)
        for topic in labels:
            if topic not in topics:
                raise file.fault(f"topic {topic!r} of {where} is unknown.", near=topic)
        label = file.string(table, "label", where, name)
        found.append(Combination(name, label, grade, masks, absent, labels))
    return tuple(found)


def _mask(file: RuleFile, leg: str, facets: Mapping[str, Facet], where: str) -> int:
    """Bits of ``facet | facet!``; the exclamation mark asks for a strong term."""
    mask = 0
    for name in leg.split("|"):
        facet = facets.get(name.strip().removesuffix("!"))
        if facet is None:
            close = get_close(name.strip().removesuffix("!"), facets)
            raise file.fault(f"facet {name.strip()!r} of {where} is unknown.", near=leg, remedy=close)
        mask |= facet.bit << (1 if name.strip().endswith("!") else 0)
    return mask


def get_close(name: str, known: Mapping[str, Any]) -> str:
    """A remedy that lists what is known."""
    return f"{name!r} is none of: {', '.join(sorted(known))}."


def _read_weights(file: RuleFile | None) -> dict[str, float]:
    if file is None:
        return {}
    file.check_keys(file.values, ("weights", "provenance"), "weights.toml")
    weights = file.table(file.values, "weights", "weights.toml")
    return {name: file.number(weights, name, "[weights]", 0.0) for name in weights}


def _read_guard(file: RuleFile) -> Guard:
    table = file.table(file.values, "generation_guard", "rules.toml")
    file.check_keys(table, ("grams", "classes", "units"), "[generation_guard]")
    grams, classes, units = (
        frozenset(fold_term(word) for word in file.strings(table, key, "[generation_guard]"))
        for key in ("grams", "classes", "units")
    )
    return Guard(grams, classes, units)


def _read_languages(file: RuleFile, parsed: Mapping[str, RuleFile]) -> dict[str, tuple[str, ...]]:
    known = {
        name[6:-5]: parsed[name].values.get("language", name[6:-5]) for name in parsed if name[:6] == "terms/"
    }
    applies: dict[str, list[str]] = {}
    for stem, language in known.items():
        if stem != "any":
            applies.setdefault(str(language).split("-")[0].lower(), []).append(str(language))
    table = file.table(file.values, "languages", "rules.toml")
    for code in table:
        applies[code] = list(file.strings(table, code, "[languages]"))
        for name in applies[code]:
            if name not in known.values():
                raise file.fault(f"[languages] {code} names {name!r}, which has no file.", near=code)
    return {code: tuple(sorted(names)) for code, names in applies.items()}


def _warnings(terms: list[Term]) -> Iterator[str]:
    """Terms that are likely to match too much."""
    for term in terms:
        folded = fold_term(term.text)
        if (
            len(folded) <= 2
            and folded.isascii()
            and not (term.case or term.needs)
            and not any(c.isdigit() for c in folded)
        ):
            yield f"{term.id}: {term.text!r} is very short; ask for case or for a context (needs)."
        if term.text.endswith("*") and len(folded) < 4:
            yield f"{term.id}: {term.text!r} allows many endings after a short stem."
