"""A small watchlist of our own for the tests, and the shipped one compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.sources.files.watchlist import read_watchlist

_LANGUAGE = re.compile(r"^language = .*\n", re.MULTILINE)
RULES = """
threshold = 0.0
near_miss = 1.0
[facets]
generation = { role = "subject", label = "generation" }
vendor = { role = "subject", label = "vendor" }
restriction = { role = "angle", label = "ban" }
phone = { role = "negative", label = "phones" }
mask = { role = "mask", label = "hidden" }
[topics]
T01 = "Bans"
[rules.ban]
label = "vendor + ban"
grade = "strong"
all = ["vendor", "restriction!"]
topics = ["T01"]
[patterns.cve]
regex = 'CVE-\\\\d{4}-\\\\d{4,7}'
anchors = ["CVE"]
facet = "restriction"
[contexts]
telecom = ["network"]
[generation_guard]
grams = ["sugar"]
classes = ["class"]
units = ["ghz"]
"""
FILES = {
    "rules.toml": RULES.replace("\\\\", "\\"),
    "terms/any.toml": 'language = ""\n[generation]\nstrong = [\n  "5G",\n]\n',
    "terms/en.toml": 'language = "en"\n[restriction]\nstrong = ["ban", "exclude*"]\n[phone]\nstrong = ["smartphone"]\n',
    "entities/vendor.toml": '[huawei]\nname = "Huawei"\naliases = ["华为"]\ncountry = "CN"\nfacet = "vendor"\n',
}


@cache
def shipped_rules() -> Rules:
    """The rules that ship with the project, from the user's cache: compiling takes ten times as long."""
    return compiled_rules(read_watchlist(None))


@cache
def small_rules() -> Rules:
    """A handful of terms."""
    return compile_rules(FILES)


def few_languages(files: Mapping[str, str]) -> dict[str, str]:
    """A watchlist with the vocabulary of four of its languages.

    It compiles in a fifth of the time, which the run and each of its children pay: for tests that are about runs and
    not about words.
    """
    words = {f"terms/{name}.toml" for name in ("any", "de", "en", "es", "fr")}
    return {
        name: text if not name.startswith("terms/") or name in words else _LANGUAGE.findall(text)[0]
        for name, text in files.items()
    }
