"""Dates in a sentence: written out, or relative to the publication ("by the end of next year")."""

from __future__ import annotations

import re
from datetime import date

_FULL = re.compile(r"\b(20\d\d)[-/.年 ]{1,2}(\d{1,2})[-/.月 ]{1,2}(\d{1,2})\b")
_YEAR = re.compile(r"(?<![\d,.])(20[12]\d)(?![\d,.]*\d)")
_DEADLINE = re.compile(
    r"(?:by|until|before|end of|from|since|in|bis|ab|ende|tegen|voor|vanaf|sinds|d ici|avant|fin|depuis|antes de|hasta|para"
    r"|a finales de|desde|entro|dal|fino al|ate|ate o fim de|do konca|do|od|w|do roku|od roku|v roce|till|senast|fran|slutet av"
    r"|к|до|с|к концу|до кінця|з|kadar|itibaren|den|truoc|den nam|tu nam|بحلول|منذ|عام|तक|से)\s+(?:the end of |konca |roku )?(20[12]\d)",
    re.IGNORECASE,
)
_NEXT_YEAR = re.compile(
    r"next year|volgend jaar|nachsten jahr|nachstes jahr|annee prochaine|an prochain|proximo ano|ano que viene|prossimo anno"
    r"|ano que vem|przyszlym roku|przyszlego roku|pristim roce|pristiho roku|nasta ar|следующего года|следующем году"
    r"|наступного року|gelecek yil|onumuzdeki yil|nam toi|nam sau|العام المقبل|अगले साल|明年|来年|내년"
)
_THIS_YEAR = re.compile(
    r"this year|dit jaar|dieses jahr|diesem jahr|cette annee|este ano|quest anno|w tym roku|letos|letosnim|i ar|этом году"
    r"|цього року|bu yil|nam nay|هذا العام|इस साल|今年|올해"
)


def date_in(sentence: str, folded: str, published: date | None) -> tuple[str, str]:
    """The date that a sentence gives an act and its source (``said`` or ``resolved``); two empty texts if none.

    ``folded`` is the folded sentence; ``published`` resolves relative dates.
    """
    full = _FULL.search(sentence)
    if full and 1 <= int(full[2]) <= 12 and 1 <= int(full[3]) <= 31:
        return f"{full[1]}-{int(full[2]):02}-{int(full[3]):02}", "said"
    deadline = _DEADLINE.search(folded)
    if deadline:
        return deadline[1], "said"
    if published is not None:
        if _NEXT_YEAR.search(folded):
            return str(published.year + 1), "resolved"
        if _THIS_YEAR.search(folded):
            return str(published.year), "resolved"
    year = _YEAR.search(sentence)
    return (year[1], "said") if year else ("", "")
