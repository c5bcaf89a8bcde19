"""The part of `refilter` and `watchlist test` that runs in child processes: each job judges a range of articles again.

A child reads the frozen version and writes its verdicts to the spool by itself: no text travels between processes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.facts.facts_of_story import judge_story
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.gates.stopped import reject_stopped
from fivegwatch.extractors.gates.story_gate import extract_unless_far
from fivegwatch.extractors.judging.judgement import judge, terms_language
from fivegwatch.extractors.judging.matching import find_matches
from fivegwatch.extractors.model import Article, Decision, Part
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.tuning.rule_changes import RuleChanges, moved_parts
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.runs.verdicts import record_verdict
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import read_page
from fivegwatch.storage.disk.rulebooks import kept_rules
from fivegwatch.storage.read.texts import Selection, StoredText, evidence_of, stored_texts
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Provenance, Run

KEPT, NEAR, REJECTED = "kept", "near_miss", "rejected"
PARTS_NAMED = 3
_SAME_SCORE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A range of stored texts for one child process to judge again."""

    database: Path
    version: Path
    """The published version to read, which stays unchanged during the run."""
    rows: tuple[int, int]
    """First and last row number, inclusive."""
    chosen: Selection
    run: Run | None = None
    """The record of the run; all verdicts get the time of its start. None: no verdict is written."""
    stem: str = ""
    """Beginning of the proposed term, folded. A text without it cannot contain the term and is not judged."""
    only_changed: bool = False
    """Write only verdicts that differ, because the stored ones may have been made by these very rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An article whose verdict changed, and why."""

    id: str
    url: str
    title: str
    before: str
    after: str
    score_before: float
    score_after: float
    reason: str
    """The reason of the new verdict, in one sentence."""
    by: tuple[str, ...]
    """The changed terms, rules and weights that matter for this article; empty if the former rules are not known."""
    parts: tuple[Part, ...]
    """The parts of the score that changed most, each with its change."""

    @property
    def movement(self) -> str:
        """``enters`` or ``leaves`` the corpus; ``nears`` (is now a near miss) or ``recedes`` (is no near miss any
        more).
        """
        if KEPT in (self.before, self.after):
            return "enters" if self.after == KEPT else "leaves"
        return "nears" if self.after == NEAR else "recedes"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The counts and changes of one job, or of several added up."""

    texts: int = 0
    pages: int = 0
    """Articles judged from the archived page, because their text is not stored."""
    written: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Number of articles by (verdict before, verdict after)."""
    changes: list[Change] = field(default_factory=list)
    with_term: Counter[str] = field(default_factory=Counter)
    """Number of articles that contain a new term, by their verdict before."""
    cpu_s: float = 0.0
    """Processor seconds of the children."""
    lost: Counter[str] = field(default_factory=Counter)
    """Number of articles that could not be judged again, by reason."""

    def add(self, other: Outcome) -> None:
        """Add the counts and changes of ``other`` to this outcome."""
        self.texts += other.texts
        self.pages += other.pages
        self.written += other.written
        self.verdicts.update(other.verdicts)
        self.changes.extend(other.changes)
        self.with_term.update(other.with_term)
        self.cpu_s += other.cpu_s
        self.lost.update(other.lost)


@dataclass(slots=True)
class _State:
    """What one child process keeps between its jobs; set once when it starts."""

    rules: Rules
    former: Rules | None
    """The rules to compare with; None: new verdicts are compared with the stored ones."""
    gates: tuple[Gates, ...]
    """The gates of both sets of rules."""
    known: dict[str, RuleChanges | None] = field(default_factory=dict)
    """By fingerprint: the changes from the rules with that fingerprint to ours; None if those rules are not known."""


_state: list[_State] = []


def start_rejudging(files: Mapping[str, str], former: Mapping[str, str] | None = None) -> None:
    """In a child process: compile the watchlist ``files`` once, and also ``former``, the one to compare with, if it is
    given.
    """
    rules, before = compiled_rules(files), compiled_rules(former) if former is not None else None
    _state[:] = [_State(rules, before, tuple(Gates(each) for each in (rules, before) if each))]


def rejudge(job: Job) -> Outcome:
    """Judge the rows of ``job`` again; returns counts and changes. If ``job.run`` is set, the verdicts go into the
    spool.
    """
    if not _state:
        raise RuntimeError("start_rejudging was not called in this process")
    state, outcome, batch, begun = _state[0], Outcome(), Batch(), time.process_time()
    layout = Layout.for_database(job.database)
    moved: list[tuple[StoredText, Article, Decision, Decision | None]] = []
    for stored in stored_texts(job.version, job.rows, job.chosen):
        try:
            article, decision = (
                (stored.article, None)
                if stored.text_kept
                else _read_again(layout, stored, state, job.run is not None)
            )
        except NewsError as error:
            outcome.lost[error.kind] += 1
            continue
        outcome.texts += stored.text_kept
        outcome.pages += not stored.text_kept
        if article is None or (
            job.stem and job.stem not in fold_text(f"{article.title}\n{article.text}").text
        ):
            outcome.verdicts[stored.verdict, stored.verdict] += 1
            continue
        decision = decision or judge_story(article, state.rules)
        former = judge(article, state.former) if state.former else None
        before, after = (former or stored).verdict, decision.verdict
        outcome.verdicts[before, after] += 1
        if job.stem and _holds_new_term(article, stored, layout, state):
            outcome.with_term[before] += 1
        if before != after:
            moved.append((stored, article, decision, former))
        if job.run and not (job.only_changed and _same(stored, decision)):
            _write(batch, job.run, stored, article, decision)
    outcome.changes = _explain(job, layout, state, moved)
    outcome.written = len(batch)
    if batch.rows and job.run:
        # The start of the run is in every batch: a killed run is on record, one that writes nothing is not.
        batch.add(job.run)
        put_batch(layout, batch)
    outcome.cpu_s = time.process_time() - begun
    return outcome


def _read_again(
    layout: Layout, stored: StoredText, state: _State, for_good: bool
) -> tuple[Article | None, Decision | None]:
    """The article of the archived page, and the verdict if a gate made it, as in an ingest run.

    ``for_good`` means that the verdict will be stored. If it is not set, the article is None when the gates of both
    sets of rules stop the page, because the page then stays rejected.

    Raises:
        StorageError: the page is not in the archive any more.
        ExtractionError: the page has no article.
    """
    page = read_page(layout, stored.raw_ref or "")
    entry, parsed = stored.entry, ParsedPage(page)
    article: Article | None
    decision = None
    if not for_good and stored.verdict == "rejected":
        announced = f"{entry.title}\n{entry.summary}\n{entry.content}" if entry else ""
        if all(gates.stopped_by(page, announced=announced, parsed=parsed) for gates in state.gates):
            return None, None
        article = extract_unless_far(parsed, *(gates.rules for gates in state.gates), entry=entry)
    elif for_good and (rejected := reject_stopped(parsed, entry, state.gates[0])):
        article, decision = rejected
    else:
        article = extract_article(page, entry=entry, parsed=parsed)
    if article is None:
        return None, None
    # A newer extractor may find another address in the page; the verdict belongs to the stored row.
    article = replace(article, id=stored.article.id, url=stored.article.url, site=stored.article.site)
    return article, replace(decision, article_id=article.id) if decision else None


def _write(batch: Batch, run: Run, stored: StoredText, article: Article, decision: Decision) -> None:
    provenance = Provenance(
        entry_id=stored.entry_id, origin=stored.origin, captured_at=stored.captured_at,
        page_hash=stored.page_hash, raw_ref=stored.raw_ref,
    )  # fmt: skip
    record_verdict(
        batch, run.run_id, (article, decision), provenance, run.started_at, text_stored=stored.text_kept
    )


def _same(stored: StoredText, decision: Decision) -> bool:
    return (
        stored.verdict == decision.verdict
        and abs(stored.score - decision.score) < _SAME_SCORE
        and (stored.reason, stored.topics, stored.rules_fingerprint)
        == (decision.reason, decision.topics, decision.rules_fingerprint)
        and stored.facts_version == (decision.facts.version if decision.facts else 0)
    )


def _explain(
    job: Job,
    layout: Layout,
    state: _State,
    moved: list[tuple[StoredText, Article, Decision, Decision | None]],
) -> list[Change]:
    rows = [stored.row for stored, _, _, former in moved if former is None]
    evidence = evidence_of(job.version, rows)
    changes = []
    for stored, article, decision, former in moved:
        known = _changes_from(stored.rules_fingerprint, layout, state)
        parts_before = former.parts if former else evidence.get(stored.row, ((), ()))[1]
        change = Change(
            id=article.id,
            url=article.url,
            title=article.title,
            before=(former or stored).verdict,
            after=decision.verdict,
            score_before=former.score if former else stored.score,
            score_after=decision.score,
            reason=decision.reason,
            by=known.met_by(article) if known else (),
            parts=moved_parts(parts_before, decision.parts, most=PARTS_NAMED),
        )
        changes.append(change)
    return changes


def _holds_new_term(article: Article, stored: StoredText, layout: Layout, state: _State) -> bool:
    known = _changes_from(stored.rules_fingerprint, layout, state)
    matches = find_matches(article.title, article.text, state.rules, terms_language(article))
    return known is not None and any(known.terms.get(match.rule) == "+" for match in matches)


def _changes_from(fingerprint: str, layout: Layout, state: _State) -> RuleChanges | None:
    """The changes from the rules with ``fingerprint`` to the present rules; None if those rules are not stored.

    Rules are stored with the corpus; they may be of an older version of the code, which compiled other files.
    """
    if state.former is not None:
        fingerprint = state.former.fingerprint
    if fingerprint not in state.known:
        before = state.former
        if before is None and (files := kept_rules(layout, fingerprint)):
            try:
                before = compiled_rules(files)
            except NewsError:
                before = None  # written for another version of the program
        state.known[fingerprint] = RuleChanges(before, state.rules) if before else None
    return state.known[fingerprint]
