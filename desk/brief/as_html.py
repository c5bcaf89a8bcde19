"""The brief as HTML for mail: one file with inline styles that loads nothing; every text is escaped."""

from __future__ import annotations

from html import escape

from fivegwatch.desk.brief.sentences import Block, EventText, Link, blocks_of, heading, joined
from fivegwatch.desk.reads.week import Week

_FONT = "font-family:Georgia,'Times New Roman',serif;font-size:16px;line-height:1.45;color:#1a1a1a"
_CELL = "padding:2px 14px 2px 0;text-align:left"
_MARKUP = {
    "title": '<h1 style="font-size:26px;margin:0 0 8px">{}</h1>',
    "heading": '<h2 style="font-size:20px;margin:28px 0 6px;border-bottom:1px solid #999">{}</h2>',
    "subheading": '<h3 style="font-size:15px;margin:14px 0 2px;color:#555">{}</h3>',
    "paragraph": '<p style="margin:8px 0">{}</p>',
    "note": '<p style="font-size:13px;color:#555;margin-top:28px">{}</p>',
}


def brief_html(week: Week) -> str:
    """The brief of a week as a whole HTML document."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(heading(week))}</title></head>\n"
        f'<body style="margin:0;background:#fff"><div style="{_FONT};max-width:720px;margin:0 auto;padding:20px">\n'
        + "\n".join(map(_block, blocks_of(week)))
        + "\n</div></body></html>\n"
    )


def _block(block: Block) -> str:
    if block.kind == "list":
        lines = "\n".join(f'<li style="margin:4px 0">{_item(item)}</li>' for item in block.items)
        return f'<ul style="margin:4px 0;padding-left:22px">\n{lines}\n</ul>'
    if block.kind != "table":
        return _MARKUP[block.kind].format(escape(block.text))
    heads, *rows = block.rows
    head = "".join(f'<th scope="col" style="{_CELL}">{name}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row" style="{_CELL}">{escape(name)}</th>'
        f'<td style="{_CELL}">{now}</td><td style="{_CELL}">{before}</td></tr>'
        for name, now, before in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _item(item: Link | EventText | str) -> str:
    if isinstance(item, EventText):
        return _event(item)
    return _a(item) if isinstance(item, Link) else escape(item)


def _event(text: EventText) -> str:
    facts = " ".join(f"<b>{_a(fact)}</b>" for fact in text.facts)
    headline = _a(text.headline) if facts else f"<b>{_a(text.headline)}</b>"
    aside = f" ({escape(text.aside)})" if text.aside else ""
    sources = joined([_a(source) for source in text.sources], text.more_sources)
    return " ".join(
        part for part in (facts, f"{headline}{aside}.", f'<span style="color:#555">{sources}</span>') if part
    )


def _a(link: Link) -> str:
    text = escape(link.text)
    language = f' lang="{escape(link.language)}"' if link.language else ""
    text = f'<bdi dir="auto"{language}>{text}</bdi>'
    return f'<a href="{escape(link.url)}" style="color:#0b4f8a">{text}</a>' if link.url else text
