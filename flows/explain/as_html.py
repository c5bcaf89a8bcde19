"""A verdict as one self-contained HTML page, without scripts; nothing is loaded from elsewhere, and every text is
escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from fivegwatch.extractors.judging.marking import Piece, cut
from fivegwatch.flows.explain.as_text import (
    NO_BACKGROUND,
    ROLE_WORDS,
    Background,
    facts,
    history_lines,
    main_parts,
    part_in_words,
    role_of,
    styles_of,
    verdict_word,
    what_if_lines,
    what_would_change,
)
from fivegwatch.storage.read.reports import Verdict

STYLE = """
:root{color-scheme:light dark}
body{max-width:46em;margin:2em auto;padding:0 1em;font:16px/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5em;line-height:1.25;margin:.2em 0}h2{font-size:1em;margin:1.6em 0 .4em}
.url{opacity:.7;font-size:.85em}.verdict{padding:.1em .5em;border-radius:.3em;color:#fff;font-weight:700}
.kept{background:#1a7f37}.near{background:#9a6700}.rejected{background:#b42318}
mark{color:#111;background:#ffe58a;border-radius:.2em;padding:0 .1em}
mark.subject{background:#9fe0f0}mark.angle{background:#ffe58a}mark.direct{background:#a6e9a6}
mark.negative{background:#ffb3ab}mark.hint{background:#ddd}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td{padding:0 .8em 0 0;vertical-align:middle}
td:first-child{text-align:right}tr.sum td{border-top:1px solid;font-weight:700}
.bar{display:inline-block;height:.7em;background:#1a7f37}.bar.minus{background:#b42318}
ul{padding-left:1.2em;margin:.2em 0}article{border-top:1px solid #8886;margin-top:1.5em;padding-top:1em}
"""
BAR_EM = 12.0
"""Width of the longest bar, in em."""


def as_html(verdict: Verdict, background: Background = NO_BACKGROUND) -> str:
    """An HTML page with the evidence in ``<mark title="rule">``, coloured by its role if the rules are known."""
    roles = styles_of(verdict, background)
    word = verdict_word(verdict)
    title = "".join(_marked(cut(verdict.title, verdict.matches, "title"), roles))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(verdict.title)}</title><style>{STYLE}</style>"
        f'<p><span class="verdict {word.split()[0].lower()}">{word}</span> {escape(verdict.reason)}</p>'
        f'<h1>{title}</h1><p class="url">{escape(verdict.url)}</p>'
        f"{_legend(roles)}<h2>The score is a sum</h2>{_score(verdict, background)}"
        f"<h2>What would have changed it</h2><p>{escape(what_would_change(verdict, background))}</p>"
        f"{_items(what_if_lines(verdict, background))}"
        f"{''.join(f'<p>{escape(line)}</p>' for line in facts(verdict))}"
        f"{_history(verdict)}<article>{_body(verdict, roles)}</article></html>\n"
    )


def _legend(roles: Mapping[str, str]) -> str:
    present = [role for role in ROLE_WORDS if role in roles.values()]
    marks = (f'<mark class="{role}">{ROLE_WORDS[role]}</mark>' for role in present)
    return f"<p>{' '.join(marks)}</p>" if present else ""


def _score(verdict: Verdict, background: Background) -> str:
    parts = main_parts(verdict)
    longest = max((abs(value) for _, value in parts), default=1.0) or 1.0
    rows = []
    for name, value in parts:
        width = BAR_EM * abs(value) / longest
        bar = f'<span class="bar{" minus" if value < 0 else ""}" style="width:{width:.2f}em"></span>'
        rows.append(
            f"<tr><td>{value:+.2f}</td><td>{escape(part_in_words(name, background))}</td><td>{bar}</td></tr>"
        )
    total = f'<tr class="sum"><td>{verdict.score:+.2f}</td><td>score</td><td>needed {verdict.threshold:.2f}</td></tr>'
    return f"<table>{''.join(rows)}{total}</table>"


def _items(lines: Iterator[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _history(verdict: Verdict) -> str:
    return f"<h2>Verdicts so far</h2>{_items(history_lines(verdict))}" if verdict.history else ""


def _body(verdict: Verdict, roles: Mapping[str, str]) -> str:
    if verdict.text:
        return "".join(_marked(cut(verdict.text, verdict.matches, "text"), roles)).replace("\n", "<br>\n")
    items = (f"<li><mark>{escape(m.quote)}</mark> {escape(m.rule)} ({m.field})</li>" for m in verdict.matches)
    return f"<p>The text was not kept. Its evidence:</p><ul>{''.join(items)}</ul>"


def _marked(pieces: tuple[Piece, ...], roles: Mapping[str, str]) -> Iterator[str]:
    for piece in pieces:
        inside = escape(piece.text)
        role = role_of(piece, roles)
        shade = f' class="{role}"' if role else ""
        yield (
            f'<mark title="{escape(", ".join(piece.rules))}"{shade}>{inside}</mark>'
            if piece.rules
            else inside
        )
