"""For the author of a watchlist: what is wrong with it, what a proposal would do, what is worth proposing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import SettingsError, WatchlistError
from fivegwatch.extractors.judging.matching import find_matches
from fivegwatch.extractors.text.folding import fold_term, fold_text
from fivegwatch.extractors.tuning.background import BACKGROUND_FILE, common_terms, read_background
from fivegwatch.extractors.tuning.keyness import (
    Keyness,
    count_texts,
    function_words,
    log_odds,
    without_function_words,
    without_parts,
)
from fivegwatch.extractors.tuning.proposals import with_rules, with_term
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.extractors.watchlist.reading import is_rule_file
from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
from fivegwatch.extractors.watchlist.tables import parse_rule_file
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.refilter import Refiltering, judge_all
from fivegwatch.flows.runs.rejudging import Job, start_rejudging
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.pool import Pool
from fivegwatch.sources.files.given import UnusableFileError, given_text
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.samples import RuleUse, Sample
from fivegwatch.storage.read.texts import Selection, frozen_version, stock

LOUD_SHARE, LOUD_LIFT, LOUD_LEAST = 0.2, 1.5, 50
"""A term is loud when it is in this share of the rejected pages, but not much oftener in stories; of enough pages."""
_QUIETER = "Make it weak, longer, or give it a context (needs)."
LEAST_STORIES = 3
BACKGROUND_TEXTS = 20
"""With fewer texts of rejected pages in a language, titles are compared: they are stored for every page."""
CHECKED = 400
STEM_CHARS = 4
LANGUAGE_LINE = re.compile(r"^language[ \t]*=[ \t]*(['\"])[A-Za-z0-9-]{1,40}\1", re.MULTILINE)


def faults(files: Mapping[str, str]) -> list[WatchlistError]:
    """Everything that keeps the watchlist from working: the first fault of each file."""
    found: list[WatchlistError] = []
    try:
        parse_subscriptions(files.get("feeds.toml", ""), file="feeds.toml")
    except WatchlistError as error:
        found.append(error)
    try:
        read_background(files.get(BACKGROUND_FILE, ""))
    except WatchlistError as error:
        found.append(error)
    found += _faults_of_rules(files)
    return list({str(error): error for error in found}.values())


def _faults_of_rules(files: Mapping[str, str]) -> Iterator[WatchlistError]:
    """The first fault of each file of rules. The compiler stops at the first of all: that file is emptied, but for the
    language it is for, and the rest tell theirs. Left out, it would be missed by files that are right."""
    left = dict(files)
    while True:
        try:
            compile_rules(left)
        except WatchlistError as error:
            yield error
            if error.file == "rules.toml" or error.file not in left:
                break
            left[error.file] = _emptied(left[error.file])
        else:
            return
    for (
        name,
        text,
    ) in left.items():  # without rules.toml nothing compiles; what is no TOML is told all the same
        if is_rule_file(name) and name != "rules.toml":
            try:
                parse_rule_file(name, text)
            except WatchlistError as error:
                yield error


def _emptied(text: str) -> str:
    named = LANGUAGE_LINE.search(text)
    return named.group() if named else ""


def loud_terms(
    uses: Iterable[RuleUse],
    pages: Mapping[str, tuple[int, int]],
    rules: Rules,
    *,
    least: int = LOUD_LEAST,
    what: str = "rejected pages",
) -> Iterator[str]:
    """Terms that hit a large share of what was rejected, though they should set stories apart.

    ``pages`` counts stories and rejected pages by primary language: a term is measured in its own language, a name
    in all. With fewer than ``least`` rejected ones nothing is said.
    """
    languages = {term.id: term.language.split("-")[0].lower() for term in rules.terms}
    everywhere = (sum(kept for kept, _ in pages.values()), sum(rejected for _, rejected in pages.values()))
    for use in uses:
        facet = rules.facets.get(use.facet)
        if use.rule not in languages or facet is None or facet.role not in ("subject", "angle", "direct"):
            continue
        language = languages[use.rule]
        stories, rejected = pages.get(language, (0, 0)) if language else everywhere
        if rejected < least:
            continue
        share, kept = use.rejected / rejected, use.kept / max(stories, 1)
        if share >= LOUD_SHARE and kept < LOUD_LIFT * share:
            yield (
                f"{use.rule}: in {share:.0%} of {rejected} {what} and {kept:.0%} of {stories} stories"
                f"{f' ({language})' if language else ''}; it hardly tells them apart. {_QUIETER}"
            )


def common_in_news(rules: Rules, background: str) -> Iterator[str]:
    """Terms that everyday news is full of, told without a corpus.

    Raises: WatchlistError when the lines of everyday news cannot be read.
    """
    for item in common_terms(rules, read_background(background)):
        yield (
            f"{item.term}: in {item.found} of {item.lines} lines of everyday news ({item.language}),"
            f' such as "{item.example}" {_QUIETER}'
        )


@dataclass(slots=True, kw_only=True)
class Trial:
    """What a proposal would have changed."""

    proposal: str
    since: datetime | None
    result: Refiltering
    found: dict[str, int] = field(default_factory=dict)
    """Verdict as it is now, to how many of those hold the proposed term."""

    def sentence(self) -> str:
        """The account in one line."""
        counts = self.result.counts()
        since = f" since {self.since:%Y-%m-%d}" if self.since else ""
        where = ""
        if self.found:
            held = (f"{number} {name.replace('_', ' ')}" for name, number in sorted(self.found.items()))
            where = f" is in {', '.join(held)} pages;"
        seen = counts["texts"] + counts["pages"]
        text = (
            f"{self.proposal}{where} of {seen} stored texts and pages{since} {counts['enters']} would enter,"
            f" {counts['leaves']} leave, {counts['nears']} become near misses"
        )
        return f"{text}; {counts['cannot']} cannot be looked at." if counts["cannot"] else f"{text}."

    def as_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        whole = self.result.as_json()
        return whole | {"summary": self.sentence(), "proposal": self.proposal, "found": self.found}


async def try_proposal(
    settings: Settings,
    report: Reporter,
    current: Mapping[str, str],
    proposed: Mapping[str, str],
    *,
    proposal: str,
    since: datetime | None,
    term: str = "",
) -> Trial:
    """Judge the stored texts of a period by both watchlists; ``term`` spares those that cannot hold it.

    Raises:
        WatchlistError: the proposal makes no watchlist.
        StorageError: there is no corpus, or it cannot be read.
    """
    compile_rules(current)
    rules = compile_rules(proposed)
    layout = Layout.for_database(settings.database)
    chosen = Selection(since=since)
    result = Refiltering(dry_run=True, fingerprint=rules.fingerprint)
    with frozen_version(layout) as version:
        todo = stock(version, chosen)
        job = Job(
            database=settings.database,
            version=version,
            rows=(0, 0),
            chosen=chosen,
            stem=fold_term(term)[:STEM_CHARS],
        )
        report.stage("texts", len(todo.rows))
        with Pool(settings.workers, initializer=start_rejudging, initargs=(proposed, current)) as pool:
            result.outcome.add(await judge_all(settings, pool, job, todo, report))
    return Trial(proposal=proposal, since=since, result=result, found=dict(result.outcome.found))


def propose_term(
    files: Mapping[str, str], term: str, *, facet: str, language: str, strong: bool
) -> dict[str, str]:
    """The watchlist with the term in it.

    Raises:
        SettingsError: there is no such facet.
        WatchlistError: it is there already, or can never match.
    """
    facets = compile_rules(files).facets
    if facet not in facets:
        known = "\n".join(f"  {name:14} {item.label} ({item.role})" for name, item in facets.items())
        said = f"{facet!r} is no facet" if facet else "name what the term is evidence of"
        raise SettingsError(f"--facet: {said}. One of:\n{known}", key="--facet")
    return with_term(files, term, facet=facet, language=language, strong=strong)


def propose_rules(files: Mapping[str, str], file: Path) -> dict[str, str]:
    """The watchlist with the rules of ``file`` in it.

    Raises:
        WatchlistError: the file cannot be read, or holds no rules.
    """
    try:
        fragment = given_text(file)
    except UnusableFileError as exc:
        raise WatchlistError(f"cannot be read: {exc}.", file=str(file), remedy="Name a TOML file.") from exc
    return with_rules(files, fragment, file=str(file))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An expression that sets stories apart and that the watchlist does not know."""

    language: str
    expression: str
    """As one of the stories writes it."""
    z: float
    stories: int
    others: int
    """Pages of the rest of the ledger that hold it."""
    compared: str
    """``texts`` or ``titles``."""
    example: str
    """Title of a story that holds it."""


def suggest(pages: Iterable[Sample], rules: Rules, *, most: int = 30) -> list[Suggestion]:
    """Expressions over-represented in stories against the rest of the ledger, language by language, the best first."""
    by_language: dict[str, list[Sample]] = defaultdict(list)
    for page in pages:
        by_language[page.language].append(page)
    found: list[Suggestion] = []
    for language, group in by_language.items():
        found += _suggest_in(language, group, rules, most)
    found.sort(key=lambda item: (-item.z, item.language, item.expression))
    return found[:most]


def _suggest_in(language: str, pages: list[Sample], rules: Rules, most: int) -> Iterator[Suggestion]:
    stories = [page for page in pages if page.kept]
    others = [page for page in pages if not page.kept]
    with_text = [page for page in others if page.text]
    whole = len(with_text) >= BACKGROUND_TEXTS
    if len(stories) < LEAST_STORIES or not others:
        return
    first, _ = count_texts(_read(page, whole) for page in stories)
    second, number = count_texts(_read(page, whole) for page in (with_text if whole else others))
    common = function_words(second, number)
    ranked = without_parts(without_function_words(log_odds(first, second, least=LEAST_STORIES), common))
    told = 0
    for item in ranked[:CHECKED]:
        written, example = _written(item, stories, whole)
        if item.z > 0 and told < most and not _is_known(written, rules, language):
            told += 1
            yield Suggestion(
                language=language, expression=written, z=item.z, stories=item.first, others=item.second,
                compared="texts" if whole else "titles", example=example,
            )  # fmt: skip


def _read(page: Sample, whole: bool) -> str:
    return f"{page.title}\n{page.text}" if whole else page.title


def _written(item: Keyness, stories: list[Sample], whole: bool) -> tuple[str, str]:
    """The expression as a story writes it, and that story's title."""
    for page in stories:
        value = _read(page, whole)
        folded = fold_text(value)
        start = folded.text.find(f" {item.expression} ") + 1 or folded.text.find(item.expression)
        if start > 0:
            begin, end = folded.original_span(start, start + len(item.expression))
            return value[begin:end], page.title
    return item.expression, ""


def _is_known(expression: str, rules: Rules, language: str) -> bool:
    """Whether terms of the watchlist already cover every word of it, or all but one letter."""
    matches = find_matches(expression, "", rules, language)
    covered = {index for match in matches for index in range(match.start, match.end)}
    return bool(covered) and all(
        index in covered or not character.isalnum() for index, character in enumerate(expression)
    )
