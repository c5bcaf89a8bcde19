"""HTML elements grouped by their effect on text: silent, block, cell and heading elements; the only such list of the
project.

The gates are an exception (``gates/stripping.py`` and its compiled twin): they look for tags in raw bytes, where it
matters which tags parsers may read in two ways.
"""

from __future__ import annotations

SILENT = frozenset({
    "script", "style", "noscript", "template", "iframe", "noframes", "noembed", "object", "embed", "applet", "head",
    "title", "textarea", "select", "svg", "math", "audio", "video", "canvas",
})  # fmt: skip
"""Elements whose content is not shown to readers as text of the page."""
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead",
    "tr", "ul",
})  # fmt: skip
"""Elements before and after which a new line begins."""
BOXES = BLOCKS - {"br", "hr"}
"""Block elements that contain text or other elements."""
CELLS = frozenset({"td", "th"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
