"""HTML elements by what they do to text: the one set of silent, block, cell and heading elements.

The gates keep lists of their own (``gates/stripping.py`` and its compiled twin): they look for tags in raw bytes, where
it matters which tags a parser may read in two ways.
"""

from __future__ import annotations

SILENT = frozenset({
    "script", "style", "noscript", "template", "iframe", "noframes", "noembed", "object", "embed", "applet", "head",
    "title", "textarea", "select", "svg", "math", "audio", "video", "canvas",
})  # fmt: skip
"""Elements whose content no reader reads as text of the page."""
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead",
    "tr", "ul",
})  # fmt: skip
"""Elements that begin and end a line."""
BOXES = BLOCKS - {"br", "hr"}
"""Block elements that hold text or other elements."""
CELLS = frozenset({"td", "th"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
