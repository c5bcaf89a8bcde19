"""A verdict as lines for a terminal: reason -> marked article -> score -> what would change it -> earlier verdicts.

``as_html`` makes the same as an HTML page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rich.text import Text

from fivegwatch.extractors.judging.marking import Piece, cut, excerpts
from fivegwatch.extractors.model import Field, Match
from fivegwatch.extractors.tuning.what_if import WhatIf
from fivegwatch.storage.read.reports import Verdict

STYLES = {
    "subject": "bold black on cyan",
    "angle": "bold black on yellow",
    "direct": "bold black on green",
    "negative": "bold white on red",
    "hint": "bold black on white",
}
"""Styles of marked words, by the role of their facet."""
MARK = "bold black on yellow"
ROLE_WORDS = {
    "subject": "what it is about",
    "angle": "why it matters",
    "direct": "both in one",
    "negative": "speaks against it",
    "hint": "a hint",
    "part": "counts with others",
}
TEXT_PASSAGES, WHAT_IFS, HISTORY = 12, 4, 10
LITTLE = 0.05
"""Parts of the score that are smaller than this are added up in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Facts about a verdict that can only be found with the rules that made it; empty if those rules are not known any
    more.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    """Role of each facet."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Label of each rule."""
    what_ifs: tuple[WhatIf, ...] = ()
    """Single changes to the article, each of which would have changed the verdict."""


NO_BACKGROUND = Background()


def verdict_word(verdict: Verdict) -> str:
    """The verdict in capitals: ``KEPT``, ``NEAR MISS`` or ``REJECTED``."""
    return verdict.verdict.replace("_", " ").upper()


def as_text(verdict: Verdict, background: Background = NO_BACKGROUND) -> Iterator[Text]:
    """The verdict as lines for a terminal."""
    colour = {"kept": "green", "near_miss": "yellow", "rejected": "red"}[verdict.verdict]
    yield Text.assemble(
        (verdict_word(verdict), f"bold {colour}"),
        f"  score {verdict.score:.2f}, needed {verdict.threshold:.2f}",
    )
    yield Text(verdict.reason)
    yield Text()
    styles = styles_of(verdict, background)
    yield _marked(cut(verdict.title, verdict.matches, "title"), styles, style="bold")
    yield Text(verdict.url, style="dim")
    for passage in list(_passages(verdict))[:TEXT_PASSAGES]:
        yield Text("  ") + _marked(passage, styles)
    yield Text()
    for name, value in main_parts(verdict):
        words = part_in_words(name, background)
        yield Text.assemble("  ", (f"{value:+8.2f}", "green" if value > 0 else "red"), f"  {words}")
    sign = "at least" if verdict.relevant else "below"
    yield Text(f"  {verdict.score:+8.2f}  score ({sign} {verdict.threshold:.2f})", style="bold")
    yield Text(what_would_change(verdict, background))
    yield from (Text(f"  {line}") for line in what_if_lines(verdict, background))
    yield from (Text(line) for line in facts(verdict))
    if verdict.history:
        yield Text("verdicts so far:")
        yield from (Text(f"  {line}") for line in history_lines(verdict))


def part_in_words(name: str, background: Background) -> str:
    """The name of a part of the score in plain words; a rule that lowers the score is named by its label instead of its
    id.
    """
    place, _, rule = name.partition(": against, ")
    if not rule:
        return name
    return f"{place}: speaks against it: {background.labels.get(rule, rule.replace('_', ' '))}"


def parts(verdict: Verdict) -> list[tuple[str, float]]:
    """The parts of the score that are not 0, each with its name, the largest first."""
    named = ((part.name, part.value) for part in verdict.parts if part.value)
    return sorted(named, key=lambda item: -abs(item[1]))


def main_parts(verdict: Verdict) -> list[tuple[str, float]]:
    """The largest parts of the score, and one part with the sum of all small ones, so that the lines add up to the
    score.
    """
    every = parts(verdict)
    main = [(name, value) for name, value in every if abs(value) >= LITTLE]
    rest = sum(value for _, value in every if abs(value) < LITTLE)
    return [*main, ("all the rest", rest)] if round(rest, 2) else main


def what_would_change(verdict: Verdict, background: Background = NO_BACKGROUND) -> str:
    """One sentence: how far the score is from the threshold, and which part of the score decides."""
    gap = verdict.threshold - verdict.score
    if verdict.relevant:
        needed = [name for name, value in parts(verdict) if value > -gap]
        single = (
            f"; without {part_in_words(needed[0], background)!r} alone it would be rejected"
            if needed
            else "; no single part decides"
        )
        return f"It is {-gap:.2f} over the threshold{single}."
    against = [(name, value) for name, value in parts(verdict) if value < 0 and name != "base"]
    enough = [name for name, value in against if -value >= gap]
    remedy = (
        f"without {part_in_words(enough[0], background)!r} it would be kept"
        if enough
        else "no single part against it decides"
    )
    return f"It is {gap:.2f} short of the threshold; {remedy}."


def what_if_lines(verdict: Verdict, background: Background) -> Iterator[str]:
    """Lines on what a rejected story lacks, or what a kept story depends on, each with the score that it would have
    otherwise.
    """
    facets: set[str] = set()
    for item in background.what_ifs:
        if item.facet in facets:
            continue
        facets.add(item.facet)
        if verdict.relevant:
            yield f"without its words of {item.label} ({item.example}): {item.score:+.2f}, rejected"
        else:
            yield f"had its {item.change} spoken of {item.label} ({item.example}): {item.score:+.2f}, kept"
        if len(facets) == WHAT_IFS:
            return


def facts(verdict: Verdict) -> Iterator[str]:
    """A line with all topics, a line for each topic whose signs are known (with those that weigh most), and a line with
    all entities.
    """
    if verdict.topics:
        yield "topics: " + ", ".join(verdict.topics)
    for code, reason in verdict.topic_reasons:
        yield f"  {code}: {reason}"
    if verdict.entities:
        yield "entities: " + ", ".join(dict.fromkeys(verdict.entities))


def history_lines(verdict: Verdict) -> Iterator[str]:
    """Lines on the latest verdicts that the corpus has, oldest first."""
    for row in verdict.history[-HISTORY:]:
        rules = row["rules_fingerprint"][:12]
        word = row["verdict"].replace("_", " ")
        yield f"{row['valid_from']:%Y-%m-%d %H:%M} {word} ({row['score']:.2f}), rules {rules}"


def styles_of(verdict: Verdict, background: Background) -> dict[str, str]:
    """The role of each rule that matched, by the id of the rule; rules whose role is unknown or has no style are left
    out.
    """
    roles = {match.rule: background.roles.get(match.facet, "") for match in verdict.matches}
    return {rule: role for rule, role in roles.items() if role in STYLES}


def distinct(matches: Iterable[Match], name: Field) -> Iterator[Match]:
    """The matches in the field ``name``, without repeats of the same rule and quote."""
    seen: set[tuple[str, str]] = set()
    for match in matches:
        if match.field == name and (match.rule, match.quote) not in seen:
            seen.add((match.rule, match.quote))
            yield match


def role_of(piece: Piece, roles: Mapping[str, str]) -> str:
    """The role of ``piece``: of the roles of its rules, the one that comes first in ``STYLES``; empty if none is
    known.
    """
    return next((role for role in STYLES if any(roles.get(rule) == role for rule in piece.rules)), "")


def _passages(verdict: Verdict) -> Iterator[tuple[Piece, ...]]:
    if verdict.text:
        yield from excerpts(cut(verdict.text, verdict.matches, "text"))
        return
    for match in distinct(verdict.matches, "text"):
        yield (Piece(text=match.quote, rules=(match.rule,)), Piece(text=f"  {match.rule}"))


def _marked(pieces: tuple[Piece, ...], roles: Mapping[str, str], *, style: str = "") -> Text:
    text = Text(style=style)
    for piece in pieces:
        mark = STYLES.get(role_of(piece, roles), MARK) if piece.rules else None
        text.append("".join(c if c.isprintable() else " " for c in piece.text), mark)
    return text
