"""A verdict for people: the article marked up in place, the score as a sum of named parts, what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rich.text import Text

from extractors.marking import Piece, cut, passages
from extractors.model import Field, Match
from storage.reports import Verdict

MARK = "bold black on yellow"
TEXT_PASSAGES = 12
LITTLE = 0.05


def verdict_word(verdict: Verdict) -> str:
    """``KEPT``, ``NEAR MISS`` or ``REJECTED``."""
    return "KEPT" if verdict.relevant else "NEAR MISS" if verdict.near_miss else "REJECTED"


def as_text(verdict: Verdict) -> Iterator[Text]:
    """Lines for a terminal."""
    yield Text.assemble(
        (verdict_word(verdict), "bold"), f"  score {verdict.score:.2f}, needed {verdict.threshold:.2f}"
    )
    yield Text(verdict.reason)
    yield Text()
    yield _marked(cut(verdict.title, verdict.matches, "title"), style="bold")
    yield Text(verdict.url, style="dim")
    for passage in list(_passages(verdict))[:TEXT_PASSAGES]:
        yield Text("  ") + _marked(passage)
    yield Text()
    yield from (Text(f"  {value:+8.2f}  {name}") for name, value in main_parts(verdict))
    yield Text(
        f"  {verdict.score:+8.2f}  score ({'at least' if verdict.relevant else 'below'} {verdict.threshold:.2f})"
    )
    yield Text(what_would_change(verdict))
    yield from (Text(line) for line in _facts(verdict))


def as_html(verdict: Verdict) -> str:
    """A page of its own, everything escaped, evidence in ``<mark title="rule">``."""
    body = cut(verdict.text, verdict.matches, "text") if verdict.text else ()
    paragraphs = "".join(_marked_html(body)).replace("\n", "<br>\n")
    if not verdict.text:
        items = (
            f"<li><mark>{escape(m.quote)}</mark> {escape(m.rule)} ({m.field})</li>" for m in verdict.matches
        )
        paragraphs = f"<p>The text was not kept. Its evidence:</p><ul>{''.join(items)}</ul>"
    shown = main_parts(verdict)
    rows = "".join(f"<tr><td>{value:+.2f}</td><td>{escape(name)}</td></tr>" for name, value in shown)
    facts = "".join(f"<p>{escape(line)}</p>" for line in (what_would_change(verdict), *_facts(verdict)))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(verdict.title)}</title>'
        "<style>body{max-width:46em;margin:2em auto;font:16px/1.5 sans-serif}mark{background:#ffe58a}"
        "table{border-collapse:collapse}td{padding:0 1em 0 0}td:first-child{text-align:right}</style>"
        f"<h1>{''.join(_marked_html(cut(verdict.title, verdict.matches, 'title')))}</h1>"
        f"<p>{escape(verdict.url)}</p><p><strong>{verdict_word(verdict)}</strong>: {escape(verdict.reason)}</p>"
        f"<table>{rows}<tr><td><strong>{verdict.score:+.2f}</strong></td><td>score, needed "
        f"{verdict.threshold:.2f}</td></tr></table>{facts}<article>{paragraphs}</article></html>\n"
    )


def parts(verdict: Verdict) -> list[tuple[str, float]]:
    """The named parts of the score, the weightiest first."""
    return sorted(((part.name, part.value) for part in verdict.parts), key=lambda item: -abs(item[1]))


def main_parts(verdict: Verdict) -> list[tuple[str, float]]:
    """The parts worth a line each; what is less than a twentieth is one line, so that the sum still holds."""
    every = parts(verdict)
    shown = [(name, value) for name, value in every if abs(value) >= LITTLE]
    rest = sum(value for _, value in every if abs(value) < LITTLE)
    return [*shown, ("all the rest", rest)] if round(rest, 2) else shown


def what_would_change(verdict: Verdict) -> str:
    """What it would have taken for the other verdict, in one sentence."""
    if verdict.stage != "judge":
        return f"Stopped by the gate `{verdict.stage}`: nothing in the page can lift it over the threshold."
    gap = verdict.threshold - verdict.score
    if verdict.relevant:
        needed = [name for name, value in parts(verdict) if value > -gap]
        single = (
            f"; without {needed[0]!r} alone it would be rejected" if needed else "; no single part decides"
        )
        return f"It is {-gap:.2f} over the threshold{single}."
    against = [(name, value) for name, value in parts(verdict) if value < 0 and name != "base"]
    enough = [name for name, value in against if -value >= gap]
    remedy = f"without {enough[0]!r} it would be kept" if enough else "no single part against it decides"
    return f"It is {gap:.2f} short of the threshold; {remedy}."


def _facts(verdict: Verdict) -> Iterator[str]:
    if verdict.topics:
        yield "topics: " + ", ".join(verdict.topics)
    if verdict.entities:
        yield "entities: " + ", ".join(dict.fromkeys(verdict.entities))
    for row in verdict.history if len(verdict.history) > 1 else ():
        rules = row["rules_fingerprint"][:12]
        yield f"{row['valid_from']:%Y-%m-%d %H:%M} {row['verdict']} ({row['score']:.2f}), rules {rules}"


def _passages(verdict: Verdict) -> Iterator[tuple[Piece, ...]]:
    if verdict.text:
        yield from passages(cut(verdict.text, verdict.matches, "text"))
        return
    for match in _distinct(verdict.matches, "text"):
        yield (Piece(text=match.quote, rules=(match.rule,)), Piece(text=f"  {match.rule}"))


def _distinct(matches: tuple[Match, ...], field: Field) -> Iterator[Match]:
    seen: set[tuple[str, str]] = set()
    for match in matches:
        if match.field == field and (match.rule, match.quote) not in seen:
            seen.add((match.rule, match.quote))
            yield match


def _marked(pieces: tuple[Piece, ...], *, style: str = "") -> Text:
    text = Text(style=style)
    for piece in pieces:
        plain = " ".join(piece.text.splitlines()) if "\n" in piece.text else piece.text
        text.append("".join(c if c.isprintable() else " " for c in plain), MARK if piece.rules else None)
    return text


def _marked_html(pieces: tuple[Piece, ...]) -> Iterator[str]:
    for piece in pieces:
        inside = escape(piece.text)
        yield f'<mark title="{escape(", ".join(piece.rules))}">{inside}</mark>' if piece.rules else inside
