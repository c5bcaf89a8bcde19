"""trafilatura's text of a page: by its first stage alone if no later stage can change the text, else by all stages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy

import trafilatura
import trafilatura.external
from lxml.etree import XPath
from trafilatura.core import ESCALATION_MAX_LENGTH, ESCALATION_PAGE_SHARE
from trafilatura.external import get_stoplist, get_stoplists  # type: ignore[attr-defined]
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Document, Extractor
from trafilatura.xml import xmltotxt
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.pages.tree import refusal

BOXES = ("div", "section", "aside", "details", "list", "ol", "ul")
"""The elements whose class and id trafilatura tests in its first pruning."""
READ_ON = re.compile(r"infinite-?scroll|mvp-post-add-|elementor-share-buttons")
COMMENTS = re.compile(r"^(?:[Cc]omment(?!ary)|comol|disqus_|dsq-)|-comments", re.M)
"""Classes and ids of elements that trafilatura may remove: further stories and buttons; comments."""
THREAD = "DiscussionForumPosting"
"""The JSON-LD type of a page whose comments trafilatura keeps."""
SHOWN_TEXTS = XPath("//text()[not(parent::script or parent::style)]", smart_strings=False)


class _StopWords:
    """justext's stop words of all languages, read from its files when it asks for a set of them.

    trafilatura would make a tuple of them for justext and keep it beside that set: 15 MB in each process.
    """

    def __iter__(self) -> Iterator[str]:
        for language in get_stoplists():
            yield from get_stoplist(language)


trafilatura.external.JT_STOPLIST = _StopWords()  # type: ignore[assignment]


def trafilatura_text(page: ParsedPage, mode: str) -> str:
    """trafilatura's text of the pruned page; ``mode`` is ``fast`` (no second extractor), ``standard`` or ``recall``.

    Empty if trafilatura finds no text. Raises: ExtractionError ``no_text`` if trafilatura fails with an error.
    """
    try:
        if mode == "fast" and (text := _first_stage(page)):
            return text
        document = trafilatura.bare_extraction(
            page.pruned,
            url=page.url,
            include_comments=False,
            deduplicate=False,
            fast=mode == "fast",
            favor_recall=mode == "recall",
        )
    except Exception as exc:
        raise refusal(page.fetched, "no_text", "trafilatura gave up") from exc
    return (document.text or "") if isinstance(document, Document) else ""


def _first_stage(page: ParsedPage) -> str:
    """The result of `trafilatura.bare_extraction` in its fast mode; empty if the page needs more than its first stage.

    trafilatura copies the tree for later stages (a rescue of short texts, a second run if the text is a small share of
    the page), and searches all classes for comments with XPath. Most pages need neither.
    """
    tree = copy(page.pruned)
    names = "\n".join(
        {name for box in tree.iter(*BOXES) for name in (box.get("class"), box.get("id")) if name}
    )
    if READ_ON.search(names):
        prune_unwanted_nodes(tree, RAW_TREE_PRUNE_XPATH)
    if COMMENTS.search(names):
        if any(THREAD in (script.text or "") for script in tree.iter("script")):
            return ""
        prune_unwanted_nodes(tree, REMOVE_COMMENTS_AND_LISTS_XPATH)
    options = Extractor(output_format="python", fast=True, comments=False, url=page.url)
    body, text = extract_content(convert_tags(tree_cleaning(tree, options), options, page.url), options)
    if len(text) < options.min_extracted_size:
        return ""
    if len(text) < ESCALATION_MAX_LENGTH:
        # No less than the characters with which trafilatura compares.
        shown = sum(len(" ".join(piece.split())) + 1 for piece in SHOWN_TEXTS(page.pruned))
        if len(text) < ESCALATION_PAGE_SHARE * shown:
            return ""
    return xmltotxt(body, options.formatting)
