"""The text of the pruned page: the most that any extractor can return.

Parsing and pruning take a sixth of the time of an extraction. Pages that name a subject only in a list of
links end here.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import tostring

from fivegwatch.extractors.articles.standfirst import possible_standfirsts
from fivegwatch.extractors.gates.page_text import Reading, text_in
from fivegwatch.extractors.gates.stripping import silence
from fivegwatch.extractors.pages.parsed import ParsedPage


def remaining_texts(parsed: ParsedPage) -> Iterator[Reading]:
    """The text of the pruned page, and the possible standfirsts. Titles and scripts are not included.

    Raises: ExtractionError, as extraction itself would.
    """
    markup = tostring(parsed.pruned, encoding="utf-8")
    yield Reading(text_in(silence(markup)[0], seams=True))
    for block in possible_standfirsts(parsed):
        yield Reading(block)
