"""For `watchlist test`: what a proposed term or rule would have changed in the stored texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import SettingsError, WatchlistError
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.tuning.proposals import with_rules, with_term
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.refilter import Refiltering, judge_all
from fivegwatch.flows.runs.rejudging import Job, start_rejudging
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.bounded_pool import Pool
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.sources.files.given import UnusableFileError, given_text
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.texts import Selection, frozen_version, stock

STEM_CHARS = 4
"""Only texts with this many first characters of a proposed term are judged again."""


@dataclass(slots=True, kw_only=True)
class Trial:
    """The verdicts that a proposed term or rule would have changed."""

    proposal: str
    since: datetime | None
    result: Refiltering
    with_term: dict[str, int] = field(default_factory=dict)
    """Number of pages in which the proposed term occurs, by their present verdict."""

    def sentence(self) -> str:
        """The changes in one line."""
        counts = self.result.counts()
        since = f" since {self.since:%Y-%m-%d}" if self.since else ""
        where = ""
        if self.with_term:
            held = (f"{number} {name.replace('_', ' ')}" for name, number in sorted(self.with_term.items()))
            where = f" is in {', '.join(held)} pages;"
        seen = counts["texts"] + counts["pages"]
        near = counted(counts["nears"], "become a near miss", "become near misses")
        text = (
            f"{self.proposal}{where} of {seen} stored texts and pages{since} {counts['enters']} would enter,"
            f" {counts['leaves']} leave, {near}"
        )
        return f"{text}; {counts['cannot']} cannot be looked at." if counts["cannot"] else f"{text}."

    def as_dict(self) -> dict[str, Any]:
        """The proposal, its changes and the summary as JSON values, for programs."""
        whole = self.result.as_dict()
        return whole | {"summary": self.sentence(), "proposal": self.proposal, "found": self.with_term}


async def try_proposal(
    settings: Settings,
    report: Reporter,
    current: Mapping[str, str],
    proposed: Mapping[str, str],
    *,
    proposal: str,
    since: datetime | None,
    term: str,
) -> Trial:
    """Judge the stored texts since ``since`` by both watchlists, ``current`` and ``proposed``; if ``term`` is given,
    only the texts in which it may occur.

    Raises:
        WatchlistError: the proposal does not compile.
        StorageError: there is no corpus, or it cannot be read.
    """
    compiled_rules(current)
    rules = compiled_rules(proposed)
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
    return Trial(proposal=proposal, since=since, result=result, with_term=dict(result.outcome.with_term))


def propose_term(
    files: Mapping[str, str], term: str, *, facet: str, language: str, strong: bool
) -> dict[str, str]:
    """The files of the watchlist with ``term`` added to the facet ``facet``.

    Raises:
        SettingsError: there is no such facet.
        WatchlistError: the watchlist has the term already, or the term can never match.
    """
    facets = compiled_rules(files).facets
    if facet not in facets:
        known = "\n".join(f"  {name:14} {item.label} ({item.role})" for name, item in facets.items())
        why = f"{facet!r} is no facet" if facet else "name what the term is evidence of"
        raise SettingsError(f"--facet: {why}. One of:\n{known}", key="--facet")
    return with_term(files, term, facet=facet, language=language, strong=strong)


def propose_rules(files: Mapping[str, str], file: Path) -> dict[str, str]:
    """The files of the watchlist with the rules of ``file`` added.

    Raises:
        WatchlistError: the file cannot be read, or holds no rules.
    """
    try:
        fragment = given_text(file)
    except UnusableFileError as exc:
        raise WatchlistError(f"cannot be read: {exc}.", file=str(file), remedy="Name a TOML file.") from exc
    return with_rules(files, fragment, file=str(file))
