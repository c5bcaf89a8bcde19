"""The brief as Markdown (CommonMark); every text is escaped, so that nothing in it acts as markup."""

from __future__ import annotations

import re
from urllib.parse import quote

from fivegwatch.desk.brief.sentences import Block, EventText, Link, blocks_of, joined
from fivegwatch.desk.reads.week import Week

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$]|:(?=//))")
"""Matches characters that are markup inside a line. Markup at the start of a line is not possible, as the brief puts
its own there."""
_MARKUP = {"title": "# {}", "heading": "## {}", "subheading": "### {}", "paragraph": "{}", "note": "*{}*"}


def brief_markdown(week: Week) -> str:
    """The brief of a week as a whole Markdown document."""
    return "\n\n".join(map(_block, blocks_of(week))) + "\n"


def _block(block: Block) -> str:
    if block.kind == "list":
        return "\n".join(f"- {_item(item)}" for item in block.items)
    if block.kind != "table":
        return _MARKUP[block.kind].format(plain_text(block.text))
    heads, *rows = (f"| {' | '.join(row).lstrip()} |" for row in block.rows)
    return "\n".join([heads, "| --- | ---: | ---: |", *rows])


def plain_text(text: str) -> str:
    """``text`` as one line that Markdown shows unchanged."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _item(item: Link | EventText | str) -> str:
    if isinstance(item, EventText):
        return _event(item)
    return _link(item) if isinstance(item, Link) else plain_text(item)


def _event(text: EventText) -> str:
    aside = f" ({plain_text(text.aside)})" if text.aside else ""
    facts = " ".join(f"**{_link(fact)}**" for fact in text.facts)
    headline = _link(text.headline) if facts else f"**{_link(text.headline)}**"
    sources = joined([_link(source) for source in text.sources], text.more_sources)
    return " ".join(part for part in (facts, f"{headline}{aside}.", sources) if part)


def _link(link: Link) -> str:
    if not link.url:
        return plain_text(link.text)
    address = quote(link.url, safe=":/?#[]@!$&'*+,;=%-._~")
    return f"[{plain_text(link.text)}](<{address}>)"
