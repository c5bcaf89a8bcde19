"""A watchlist with one thing more in it: the files as they would be if a proposed term or rule were accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.tables import parse_rule_file


def with_term(
    files: Mapping[str, str], term: str, *, facet: str, language: str = "", strong: bool = True
) -> dict[str, str]:
    """The files with ``term`` added to a facet of a language (BCP 47; empty: every language).

    Raises:
        WatchlistError: the term is in that facet already, or its file is wrong.
    """
    name = f"terms/{language or 'any'}.toml"
    text = files.get(name, f'language = "{language}"\n' if language else "")
    table = parse_rule_file(name, text).values.get(facet, {})
    known = [*table.get("strong", []), *table.get("weak", [])] if isinstance(table, dict) else []
    for value in known:
        written = value.get("term", "") if isinstance(value, dict) else str(value)
        if fold_term(written) == fold_term(term):
            line = parse_rule_file(name, text).line_of(written)
            raise WatchlistError(f"{term!r} is in [{facet}] already.", file=name, line=line)
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
    place = header.end() + entry.end()
    return f"{text[:place]}{quoted}, {text[place:]}"


def with_rules(files: Mapping[str, str], fragment: str, *, file: str) -> dict[str, str]:
    """The files with the ``[rules.NAME]`` tables of ``fragment`` added to rules.toml; one of that name is replaced.

    Raises:
        WatchlistError: the fragment is no TOML, or holds anything else.
    """
    parsed = parse_rule_file(file, fragment)
    parsed.check_keys(parsed.values, ("rules",), file)
    rules = parsed.table(parsed.values, "rules", file)
    if not rules:
        raise WatchlistError(
            "there is no rule in it.", file=file, remedy='Write [rules.my_rule] and all = ["facet", ...].'
        )
    main = files.get("rules.toml", "")
    for name in rules:
        main = re.sub(
            rf"^\[rules\.\"?{re.escape(name)}\"?\][^\n]*\n(?:(?!\[)[^\n]*\n?)*", "", main, flags=re.MULTILINE
        )
    # Tables may stand in any order, but a key outside a table would join the one above it: ours go to the end.
    return {**files, "rules.toml": f"{main.rstrip()}\n\n{fragment.strip()}\n"}
