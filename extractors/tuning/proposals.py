"""The watchlist's files as they would be if a proposed term or rule were accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.tables import Faults


def with_term(
    files: Mapping[str, str], term: str, *, facet: str, language: str = "", strong: bool = True
) -> dict[str, str]:
    """The files with ``term`` added to a facet of a language (BCP 47; empty: every language).

    Raises:
        WatchlistError: the term is in that facet already, or its file is wrong.
    """
    name = f"terms/{language or 'any'}.toml"
    text = files.get(name, f'language = "{language}"\n' if language else "")
    faults = Faults()
    table = faults.parse(name, text).table(facet)
    for strength in ("strong", "weak"):
        for value in table.items(strength):
            written = value.get("term", "") if isinstance(value, dict) else str(value)
            if fold_term(written) == fold_term(term):
                table.fault(strength, f"holds {term!r} already", "Nothing is to be added.", near=written)
    faults.raise_all()
    return {**files, name: _inserted(text, facet, "strong" if strong else "weak", term)}


def _inserted(text: str, facet: str, strength: str, term: str) -> str:
    quoted = json.dumps(term, ensure_ascii=False)  # a JSON string is a TOML string
    header = re.search(rf"^\[{re.escape(facet)}\][^\n]*\n", text, re.MULTILINE)
    if header is None:
        return f"{text.rstrip()}\n\n[{facet}]\n{strength} = [{quoted}]\n"
    following = re.search(r"^\[", text[header.end() :], re.MULTILINE)
    end = header.end() + following.start() if following else len(text)
    entry = re.search(rf"^{strength}\s*=\s*\[", text[header.end() : end], re.MULTILINE)
    if entry is None:
        return f"{text[: header.end()]}{strength} = [{quoted}]\n{text[header.end() :]}"
    offset = header.end() + entry.end()
    return f"{text[:offset]}{quoted}, {text[offset:]}"


def with_rules(files: Mapping[str, str], fragment: str, *, file: str) -> dict[str, str]:
    """The files with the ``[rules.NAME]`` tables of ``fragment`` added to rules.toml; a rule that has the same name is
    replaced.

    Raises:
        WatchlistError: the fragment is no TOML, or has anything else in it.
    """
    faults = Faults()
    table = faults.parse(file, fragment)
    table.only("rules")
    rules = table.table("rules").values
    if not rules:
        table.fault("rules", "is missing", 'Write [rules.my_rule] and all = ["facet", ...].')
    faults.raise_all()
    main = files.get("rules.toml", "")
    for name in rules:
        main = re.sub(
            rf"^\[rules\.\"?{re.escape(name)}\"?\][^\n]*\n(?:(?!\[)[^\n]*\n?)*", "", main, flags=re.MULTILINE
        )
    # Tables may come in any order, but a key outside a table would join the table above it, so ours go to the end.
    return {**files, "rules.toml": f"{main.rstrip()}\n\n{fragment.strip()}\n"}
