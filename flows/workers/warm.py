"""Imports the parsers in the fork server, once, so that no child spends a second on importing them."""

from __future__ import annotations

from fivegwatch.extractors.articles import article
from fivegwatch.extractors.facts import facts_of_story
from fivegwatch.extractors.feeds import parse
from fivegwatch.extractors.judging import judgement
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.watchlist import compile
from fivegwatch.flows.workers.prepared import prepare
from fivegwatch.flows.workers.shared_language_model import share_model
from fivegwatch.storage.no_pandas import block_pandas

__all__ = ["article", "compile", "facts_of_story", "judgement", "parse"]

block_pandas()
share_model()
# The language model is read at its first use.
text_language("The quick brown fox jumps over the lazy dog.")
prepare()
