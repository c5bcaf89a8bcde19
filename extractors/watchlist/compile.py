"""Compile the watchlist's files into ``Rules``: parse -> definitions -> terms, entities, patterns -> combinations.

``terms/<language>.toml``  a table for each facet, with lists ``strong`` and ``weak``
``entities/<type>.toml``   a table for each entity; its name is the id of the entity and never changes
``rules.toml``             threshold, facets, combinations, topics, patterns, contexts, guards
``weights.toml``           what each named piece of evidence adds to the score, with its provenance; without it rules
                           count by their grades (`plain_weights`)
``subject.toml``           the words and names that belong to the subject (`subject`), ``topics.toml`` trained topics
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fivegwatch.extractors.native import VERSION, compiled
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.watchlist.combinations import read_combinations
from fivegwatch.extractors.watchlist.definitions import (
    RULES_KEYS,
    read_contexts,
    read_facets,
    read_guard,
    read_keep,
    read_languages,
    read_topics,
    read_weights,
)
from fivegwatch.extractors.watchlist.entities import read_entities
from fivegwatch.extractors.watchlist.inflection import Pattern, decline, endings_of, forget_words
from fivegwatch.extractors.watchlist.masks import FacetMasks
from fivegwatch.extractors.watchlist.model import (
    Combination,
    Entity,
    Facet,
    Guard,
    ScanFor,
    Term,
)
from fivegwatch.extractors.watchlist.patterns import read_patterns
from fivegwatch.extractors.watchlist.plain_weights import plain_weights
from fivegwatch.extractors.watchlist.scanner import Blocks, Programs, Scanner
from fivegwatch.extractors.watchlist.spellings import may_decline, may_end, spellings_of
from fivegwatch.extractors.watchlist.subject import ABOUT_FILES, LENT, Subject, pairs_of, read_about
from fivegwatch.extractors.watchlist.tables import Faults
from fivegwatch.extractors.watchlist.term_table import Terms
from fivegwatch.extractors.watchlist.terms import find_warnings, read_terms

KEEP_FILE = "keep.toml"
"""Name of the file with the user's choice of what to keep, which comes from the settings and travels with the
watchlist's files."""
OTHER = "other"
"""Key of ``[languages]`` for languages that have neither a line there nor a term file."""
HIDES, GUARDED, GROUP = 1, 2, 4
_BESIDE = frozenset({"event", "attack"})
"""Types of entities whose names do not hide a name inside them: "the attack on Kyivstar" also names Kyivstar."""


@dataclass(frozen=True)
class Rules(FacetMasks):
    """A compiled watchlist, with everything that matching and judging need. Immutable; each scanner is built when it is
    first used, or read where another process has stored it (`share`)."""

    fingerprint: str
    """SHA-256 (hex) of the meaning of the rules: comments and the order of lines do not change it."""
    threshold: float
    near_miss: float
    """A rejected article is a near miss if its score is at most this far below the threshold."""
    terms: Terms
    entities: Mapping[str, Entity]
    facets: Mapping[str, Facet]
    combinations: tuple[Combination, ...]
    topics: Mapping[str, str]
    weights: Mapping[str, float]
    guard: Guard
    languages: Mapping[str, tuple[str, ...]]
    """Detected language (primary subtag) to the names of the term files that apply."""
    subject: Subject
    topic_weights: Mapping[str, Mapping[str, float]]
    """Topic to the trained weight of each of its signs; a topic without weights is assigned by the rules that fire."""
    warnings: tuple[str, ...] = ()
    _scanners: dict[tuple[object, ...], Scanner] = field(default_factory=dict, compare=False, repr=False)
    _blocks: Blocks | None = field(default=None, compare=False, repr=False)
    fired_masks: dict[int, Any] = field(default_factory=dict, compare=False, repr=False)
    """Cache of ``rules_fired.fire_plain``: mask of a passage to the rules that fire in it."""
    _grades: dict[int, int] = field(default_factory=dict, compare=False, repr=False)
    _facets: dict[int, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    _spelt: dict[int, tuple[Pattern, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Term number to the spellings of the term; several scanners use them."""
    _programs: Programs = field(default_factory=Programs, compare=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        # Without what is remembered from texts seen, spellings, which are made quicker than read, and scanners that are
        # kept as blocks.
        return {
            **self.__dict__,
            "fired_masks": {},
            "_grades": {},
            "_facets": {},
            "_spelt": {},
            "_programs": Programs(),
            "_blocks": None,
            "_scanners": {} if compiled else self._scanners,
        }

    def build(self) -> None:
        """Make the tables in which judging looks terms up, so that they are pickled with the rules.

        Without a compiler, also make the scanners that most pages need; with one, scanners are stored elsewhere as
        blocks.
        """
        if compiled is None:
            self.build_scanners()
        for table in ("looks", "kinds"):
            getattr(self, table)
        self._forget_spellings()

    def build_scanners(self) -> None:
        """Build or read the scanners of the gates, and the English ones, because most stories are in English."""
        parts: tuple[ScanFor, ...] = ("subjects", "evidence", "names")
        for language, part in (*(("", part) for part in parts[:2]), *(("en", part) for part in parts)):
            self.scanner(language, False, part)

    @cached_property
    def scored_bits(self) -> tuple[tuple[int, str], ...]:
        """Lower bit and id of each facet whose presence and density are features of an article."""
        return tuple((f.bit, f.id) for f in self.facets.values() if f.role not in ("mask", "topic", "part"))

    @cached_property
    def masks(self) -> tuple[int, ...]:
        """The mask of each term; 0 for a name that is no evidence by itself."""
        bits = {facet.id: facet.bit for facet in self.facets.values()}
        facets, strong = self.terms.column("facet"), self.terms.column("strong")
        return tuple(
            bits.get(facet, 0) * (3 if sure else 1) for facet, sure in zip(facets, strong, strict=True)
        )

    @cached_property
    def guarded(self) -> tuple[bool, ...]:
        """For each term, whether its hits must be checked against the original text (capitals, accents, context)."""
        conditions = map(self.terms.column, ("case", "needs", "regex", "accents"))
        return tuple(
            any(given) or fold_term(text)[:1].isdigit()
            for text, *given in zip(self.terms.column("text"), *conditions, strict=True)
        )

    @cached_property
    def looks(self) -> dict[ScanFor, tuple[array[int], int]]:
        """For each kind of scan: an array with a number for each term, and how many groups of terms there are.

        The lowest bits of a term's number are flags: ``HIDES`` (the term hides all hits inside its own) and ``GUARDED``
        (see `guarded`). The bits above them are the term's group. A hit inside a longer hit of the same group is
        dropped.
        """
        groups: dict[ScanFor, list[int]] = {
            "evidence": [mask & self.any_bits for mask in self.masks],
            "names": [bool(n) and self.entities[n].type in _BESIDE for n in self.terms.column("entity")],
            "subjects": [0] * len(self.terms),
        }
        kinds = [
            GUARDED * guarded | HIDES * bool(mask & self.hiding)
            for guarded, mask in zip(self.guarded, self.masks, strict=True)
        ]
        looks = {}
        for part, own in groups.items():
            numbers = {group: number * GROUP for number, group in enumerate(dict.fromkeys(own))}
            values = (numbers[group] | kind for group, kind in zip(own, kinds, strict=True))
            looks[part] = array("i", values), len(numbers)
        return looks

    @cached_property
    def kinds(self) -> tuple[tuple[tuple[str, int], ...], array[int]]:
        """The distinct pairs of language and mask among the terms; and for each term the number of its pair, bitwise
        inverted if the term is `guarded`."""
        pairs = list(zip(self.terms.column("language"), self.masks, strict=True))
        numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
        guarded = zip(map(numbers.__getitem__, pairs), self.guarded, strict=True)
        return tuple(numbers), array("i", (~number if guard else number for number, guard in guarded))

    def called(self, number: int) -> tuple[str, str]:
        """Rule and facet to report for a match of term ``number``: the term's id; and its facet, or the type of its
        entity if it has no facet."""
        term = self.terms[number]
        return term.id, term.facet or (self.entities[term.entity].type if term.entity else "")

    @cached_property
    def topic_pairs(self) -> tuple[tuple[str, str], ...]:
        """Pairs of facets for which at least one topic has a trained weight."""
        return pairs_of(self.topic_weights)

    @cached_property
    def topic_weights_of(self) -> Mapping[str, Sequence[tuple[int, float]]]:
        """Sign to its weights: pairs of a topic's number in ``topic_weights`` and the weight."""
        weights: dict[str, list[tuple[int, float]]] = {}
        for number, signs in enumerate(self.topic_weights.values()):
            for name, weight in signs.items():
                weights.setdefault(name, []).append((number, weight))
        return weights

    def scanner(self, language: str, attached: bool, part: ScanFor) -> Scanner:
        """The scanner for texts of ``language`` (BCP 47; empty: all languages).

        ``attached``: the texts are in a script without spaces. ``part``: the terms that the scanner looks for.
        """
        known = self._scanners.get((language, attached, part))
        if known is None:
            files, endings = self.languages_of(language), endings_of(primary_subtag(language))
            key = (files, endings, attached, part)
            if key not in self._scanners:
                other = self._scanners.get((files, endings, not attached, part))
                self._scanners[key] = (
                    other.for_script(unbroken=attached)
                    if other
                    else self._kept_scanner(files, endings, attached, part)
                )
            known = self._scanners[(language, attached, part)] = self._scanners[key]
        return known

    def share(self, blocks: Blocks) -> None:
        """Read scanners from ``blocks`` from now on, and store there those that ``blocks`` lacks."""
        self.__dict__["_blocks"] = blocks if compiled else None

    def _kept_scanner(
        self, files: tuple[str, ...], endings: tuple[str, ...], attached: bool, part: ScanFor
    ) -> Scanner:
        key = hashlib.sha256(repr((VERSION, files, endings, part)).encode()).hexdigest()[:16]
        if kept := self._read_scanner(key, attached):
            return kept
        made = Scanner(self._patterns(files, endings, part), unbroken=attached, programs=self._programs)
        if part == "evidence" and files:
            self._forget_spellings()
        if self._blocks is None:
            return made
        self._blocks.put(key, made.block)
        # What is read shares its memory with other processes.
        return self._read_scanner(key, attached) or made

    def _read_scanner(self, key: str, attached: bool) -> Scanner | None:
        block = self._blocks.get(key) if self._blocks else None
        with suppress(ValueError):  # a damaged block is built and kept again
            return None if block is None else Scanner.of_block(block, unbroken=attached)
        return None

    def _forget_spellings(self) -> None:
        """Drop the data that only serves to make scanners, except names, which the scanners of all languages share.

        Scanners for subjects are made before those for evidence, and most languages after them have other terms.
        """
        for number in [number for number in self._spelt if self.terms[number].language]:
            del self._spelt[number]
        self._programs.forget()
        forget_words()

    def languages_of(self, language: str) -> tuple[str, ...]:
        """Names of the term files that apply to a text of ``language``, sorted; an empty result means all term
        files."""
        primary = primary_subtag(language)
        return self.languages.get(primary) or (self.languages.get(OTHER, ()) if primary else ())

    def _patterns(
        self, files: tuple[str, ...], endings: tuple[str, ...], part: ScanFor
    ) -> Iterator[tuple[int, Pattern]]:
        columns = (self.terms.column("language"), self.terms.column("entity"), self.masks)
        for number, (language, entity, mask) in enumerate(zip(*columns, strict=True)):
            if language and files and language not in files:
                continue
            if part == "names":
                wanted = bool(entity)
            elif part == "subjects":
                # An ambiguous name counts near words of telecoms only, which are sure subjects by themselves.
                wanted = bool(mask & (self.subject_bits if self.terms[number].needs else self.sought_bits))
            else:
                wanted = bool(mask)
            if wanted:
                term = self.terms[number]
                spelt = self._spelt.get(number)
                if spelt is None:
                    spelt = self._spelt[number] = tuple(dict.fromkeys(spellings_of(term)))
                declined = may_decline(term)
                for pattern in spelt:
                    yield number, decline(pattern, endings) if declined and may_end(pattern) else pattern


def is_rule_file(name: str) -> bool:
    """Whether a watchlist file belongs to the rules; feeds.toml, background.toml and files of unknown names do not."""
    return name in ("rules.toml", "weights.toml", KEEP_FILE) or (
        name.removeprefix(LENT) in ABOUT_FILES
        or (name.startswith(("terms/", "entities/")) and name.endswith(".toml"))
    )


def compile_rules(files: Mapping[str, str]) -> Rules:
    """The rules made from the watchlist's files, given as relative name to text.

    Raises: WatchlistError that lists every fault with file, line and remedy.
    """
    faults = Faults()
    parsed = {name: faults.parse(name, text) for name, text in sorted(files.items()) if is_rule_file(name)}
    main = parsed.get("rules.toml") or faults.parse("rules.toml", "")
    if not main.values:
        main.fault("", "this file is missing or empty", "Restore it with `fivegwatch init`.")
    main.only(*RULES_KEYS)
    facets = read_facets(main)
    if not facets:  # without facets every table of the other files would be reported as a fault
        faults.raise_all()
    contexts, topics = read_contexts(main), read_topics(main)
    terms, entities = list[Term](), dict[str, Entity]()
    for name, file in parsed.items():
        if name.startswith("terms/"):
            terms += read_terms(file, facets, contexts)
        elif name.startswith("entities/"):
            for entity, names in read_entities(file, facets, contexts):
                if (other := entities.setdefault(entity.id, entity)) is not entity:
                    remedy = "Ids are unique over all files: rename one."
                    file.fault(entity.id, f"is already in entities/{other.type}.toml", remedy)
                terms += names
    terms += read_patterns(main, facets)
    combinations = read_combinations(main, facets, topics)
    subject, topic_weights = read_about(parsed, facets, topics)
    trained, choice = parsed.get("weights.toml"), parsed.get(KEEP_FILE) or faults.parse(KEEP_FILE, "")
    weights = read_weights(trained) if trained else plain_weights(facets, combinations)
    threshold = float(main.number("threshold", 0.0)) + read_keep(choice, trained)
    near_miss = float(main.number("near_miss", 1.0, 0))
    guard = read_guard(main)
    languages = read_languages(main, [parsed[name] for name in parsed if name.startswith("terms/")])
    faults.raise_all()
    # Where a strong and a weak term of a facet claim the same words, the lower number wins: the strong one.
    terms.sort(key=lambda term: (not term.strong, term.id, term.text))
    meaning = [
        threshold, near_miss, sorted(weights.items()), sorted(contexts.items()), sorted(topics.items()),
        [repr(value) for value in (terms, sorted(entities.items()), sorted(facets.items()), combinations)],
        repr(sorted(main.table("generation_guard").values.items())),
        sorted(main.table("languages").values.items()),
        [file.values for name, file in parsed.items() if name in ABOUT_FILES],
    ]  # fmt: skip
    return Rules(
        fingerprint=hashlib.sha256(json.dumps(meaning, ensure_ascii=False).encode()).hexdigest(),
        threshold=threshold,
        near_miss=near_miss,
        terms=Terms(terms),
        entities=entities,
        facets=facets,
        combinations=combinations,
        topics=topics,
        weights=weights,
        guard=guard,
        languages=languages,
        subject=subject,
        topic_weights=topic_weights,
        warnings=tuple(find_warnings(terms)),
    )
