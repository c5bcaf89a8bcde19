"""Read the tables of the watchlist files into rule values, and refuse what cannot work, with file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.conjugation import CONJUGATED, conjugate
from fivegwatch.extractors.watchlist.inflection import UNBROKEN, is_written
from fivegwatch.extractors.watchlist.model import (
    GRADES,
    PLACES,
    ROLES,
    Combination,
    Entity,
    Facet,
    Guard,
    Term,
)
from fivegwatch.extractors.watchlist.tables import RuleFile

_ENTITY_KEYS = (
    "name", "aliases", "country", "facet", "strong", "needs", "case", "wikidata", "note", "languages",
)  # fmt: skip
_RULE_KEYS = ("all", "none", "grade", "label", "topics", "within", "fields", "count", "share")
_DISTANCE = re.compile(r"(\d{1,4}) (words?|characters?)")
_SAFE_PATTERN_CHARS = 300
_DISTINCT_LETTERS = 9
"""Vietnamese terms shorter than this are other words when their accents are dropped."""
_SHORT_LETTERS = 4
_DISTINCT_MARKS = frozenset({"", "sv", "de", "pl", "cs", "tr"})
"""Languages in which a marked letter is another letter, so that a short plain word is no marked one (lag, låg);
names belong to no language, and are held to the same."""


def is_rule_file(name: str) -> bool:
    """Whether a watchlist file belongs to the rules; feeds.toml does not."""
    return name in ("rules.toml", "weights.toml") or (
        name.startswith(("terms/", "entities/")) and name.endswith(".toml")
    )


def read_facets(file: RuleFile) -> dict[str, Facet]:
    """Facets of rules.toml, each with a bit of its own."""
    facets: dict[str, Facet] = {}
    for number, (name, table) in enumerate(file.table(file.values, "facets", "rules.toml").items()):
        where = f"facets.{name}"
        file.check_keys(table, ("role", "label"), where)
        role = file.string(table, "role", where)
        if role not in ROLES:
            raise file.fault(
                f"role {role!r} in {where} is unknown.", near=name, remedy=f"One of {', '.join(ROLES)}."
            )
        label = file.string(table, "label", where, name)
        facets[name] = Facet(name, role, label, 1 << (2 * number))
    return facets


def read_contexts(file: RuleFile) -> dict[str, tuple[str, ...]]:
    """Named contexts of rules.toml, folded as they are looked up."""
    contexts = file.table(file.values, "contexts", "rules.toml")
    return {name: _fold_needs(file.strings(contexts, name, "contexts")) for name in contexts}


def read_topics(file: RuleFile) -> dict[str, str]:
    """Topic ids and labels."""
    topics = file.table(file.values, "topics", "rules.toml")
    return {name: file.string(topics, name, "topics") for name in topics}


def _fold_needs(words: tuple[str, ...]) -> tuple[str, ...]:
    """Contexts as they are looked up: at the start of a word, anywhere in scripts without spaces."""
    folded = [fold_term(word) for word in words]
    return tuple(word if UNBROKEN.search(word) else f" {word}" for word in folded)


def read_terms(
    file: RuleFile, facets: Mapping[str, Facet], contexts: Mapping[str, tuple[str, ...]]
) -> Iterator[Term]:
    """The terms of one language file."""
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
                raise file.fault(f"{strength!r} in [{facet}] must be a list.", near=facet)
            for value in values:
                term = _read_term(file, value, facet, strength == "strong", language, contexts)
                guarded = bool(term.case or term.needs)
                written = fold_term(term.text) + "~" * ("~" in term.text)
                if written in seen and not guarded:
                    raise file.fault(
                        f"{term.text!r} is twice in [{facet}].", near=term.text, remedy="Delete one of them."
                    )
                if not guarded:
                    seen.add(written)
                yield term


def _read_term(
    file: RuleFile,
    value: Any,
    facet: str,
    strong: bool,
    language: str,
    contexts: Mapping[str, tuple[str, ...]],
) -> Term:
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
    verb, conjugated, _ = text.partition("~")
    if conjugated and not conjugate(verb, language):
        raise file.fault(
            f"{text!r} in [{facet}] asks for the forms of a verb that are not known for language {language!r}.",
            near=text,
            remedy=f"Write an infinitive of {', '.join(sorted(CONJUGATED))}, or list the forms.",
        )
    needs = _read_needs(file, table, f"a term of [{facet}]", contexts)
    case = file.flag(table, "case", f"[{facet}]")
    name = f"{language or 'any'}:{facet}:{text}"
    return Term(name, facet, strong, language, text, case, needs, accents=_needs_accents(text, language))


def _needs_accents(text: str, language: str) -> bool:
    folded = fold_term(text)
    if language == "vi":
        return len(folded) < _DISTINCT_LETTERS
    if len(folded) > _SHORT_LETTERS or not folded.isascii():
        return False
    return not text.isascii() or language in _DISTINCT_MARKS


def read_entities(
    file: RuleFile, facets: Mapping[str, Facet], contexts: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Entity, list[Term]]]:
    """Entities of one file, each with a term a name."""
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
        needs = _read_needs(file, table, f"[{name}]", contexts)
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
                Term(
                    f"{kind}:{name}",
                    facet,
                    strong,
                    "",
                    alias,
                    alias in cased,
                    needs,
                    entity=name,
                    accents=_needs_accents(alias, ""),
                )
                for alias in dict.fromkeys(aliases)
            ],
        )


def _read_needs(
    file: RuleFile, table: Mapping[str, Any], where: str, contexts: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Words of which one must stand near: as listed, or those of a context named ``@name``."""
    words: list[str] = []
    for need in file.strings(table, "needs", where):
        if not need.startswith("@"):
            words += _fold_needs((need,)) if "term" in table else (fold_term(need),)
        elif need[1:] in contexts:
            words += contexts[need[1:]]
        else:
            raise file.fault(
                f"context {need!r} of {where} is unknown.",
                near=need,
                remedy=f"Contexts of rules.toml: {', '.join('@' + c for c in contexts)}.",
            )
    return tuple(words)


def read_patterns(file: RuleFile, facets: Mapping[str, Facet]) -> Iterator[Term]:
    """Identifier patterns as terms, one an anchor."""
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


def read_combinations(
    file: RuleFile, facets: Mapping[str, Facet], topics: Mapping[str, str]
) -> tuple[Combination, ...]:
    """The combinations of rules.toml, in order."""
    found = []
    for name, table in file.table(file.values, "rules", "rules.toml").items():
        where = f"rules.{name}"
        file.check_keys(table, _RULE_KEYS, where)
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
        if any(leg & absent == leg for leg in masks):
            raise file.fault(f"{where} can never fire: it asks for what it rules out.", near=where)
        found.append(
            Combination(name, label, grade, masks, absent, labels, **_read_conditions(file, table, where))
        )
    return tuple(found)


def _read_conditions(file: RuleFile, table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """How near, where, how often and in how much of the text a rule's facets must meet."""
    found: dict[str, Any] = {}
    if "within" in table and table["within"] != "sentence":
        found["within"], found["characters"] = _read_distance(file, table["within"], where)
    if "fields" in table:
        fields = file.strings(table, "fields", where)
        if not fields or not set(fields) <= set(PLACES):
            raise file.fault(
                f"'fields' of {where} must be some of {', '.join(PLACES)}, not {list(fields)}.", near=where
            )
        found["fields"] = tuple(place for place in PLACES if place in fields)
    count = file.number(table, "count", where, 1)
    if count < 1 or count != int(count):
        raise file.fault(
            f"'count' of {where} must be a whole number of passages from 1, not {count}.", near=where
        )
    found["count"] = int(count)
    share = found["share"] = file.number(table, "share", where, 0.0)
    if not 0 <= share <= 1:
        raise file.fault(f"'share' of {where} must lie between 0 and 1, not {share}.", near=where)
    if found.get("fields") == ("title",) and (count > 1 or share):
        raise file.fault(
            f"{where} can never fire: the title is one passage, and no share of the text.", near=where
        )
    return found


def _read_distance(file: RuleFile, value: Any, where: str) -> tuple[int, bool]:
    """Words (``12``, ``"12 words"``) or characters (``"60 characters"``), and whether these are characters."""
    written = _DISTANCE.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, int) and not isinstance(value, bool):
        distance, characters = value, False
    elif written:
        distance, characters = int(written.group(1)), written.group(2).startswith("character")
    else:
        distance, characters = 0, False
    if distance < 1:
        raise file.fault(
            f"'within' of {where} is {value!r}.",
            near=where,
            remedy='Write "sentence", a number of words (12) or of characters ("60 characters").',
        )
    return distance, characters


def _mask(file: RuleFile, leg: str, facets: Mapping[str, Facet], where: str) -> int:
    """Bits of ``facet | facet!``; the exclamation mark asks for a strong term."""
    mask = 0
    for name in leg.split("|"):
        facet = facets.get(name.strip().removesuffix("!"))
        if facet is None:
            close = _known_names(name.strip().removesuffix("!"), facets)
            raise file.fault(f"facet {name.strip()!r} of {where} is unknown.", near=leg, remedy=close)
        mask |= facet.bit << (1 if name.strip().endswith("!") else 0)
    return mask


def _known_names(name: str, known: Mapping[str, Any]) -> str:
    """A remedy that lists what is known."""
    return f"{name!r} is none of: {', '.join(sorted(known))}."


def read_weights(file: RuleFile | None) -> dict[str, float]:
    """Weights by feature; empty without a file."""
    if file is None:
        return {}
    file.check_keys(file.values, ("weights", "provenance"), "weights.toml")
    weights = file.table(file.values, "weights", "weights.toml")
    return {name: file.number(weights, name, "[weights]", 0.0) for name in weights}


def read_guard(file: RuleFile) -> Guard:
    """The words that make 5g something else."""
    table = file.table(file.values, "generation_guard", "rules.toml")
    file.check_keys(table, ("grams", "classes", "units"), "[generation_guard]")
    grams, classes, units = (
        frozenset(fold_term(word) for word in file.strings(table, key, "[generation_guard]"))
        for key in ("grams", "classes", "units")
    )
    return Guard(grams, classes, units)


def read_languages(file: RuleFile, parsed: Mapping[str, RuleFile]) -> dict[str, tuple[str, ...]]:
    """Language codes to the term files that apply."""
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


def find_warnings(terms: list[Term]) -> Iterator[str]:
    """Terms that are likely to match too much."""
    for term in terms:
        folded = fold_term(term.text)
        if (
            len(folded) <= 2
            and folded.isascii()
            and not (term.case or term.needs or term.regex or term.accents)
            and not any(c.isdigit() for c in folded)
        ):
            yield f"{term.id}: {term.text!r} is very short; ask for case or for a context (needs)."
        if term.text.endswith("*") and len(folded) < 4:
            yield f"{term.id}: {term.text!r} allows many endings after a short stem."
