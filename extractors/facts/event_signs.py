"""Features by which stories of the same days are compared: words, numbers and names of title and lead, kinds of acts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.story_facts import EventSigns, Incident, Measure, Role, Topic
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.inflection import UNBROKEN

_MOST_WORDS = 60
_SHORTEST_WORD = 4
_STEM = 6
"""Letters of a word that count, so that inflected forms are one."""
_NUMBER = re.compile(r"\b\d[\d.,]*\d\b")
_COLUMN = re.compile(
    r"\?\s*$|^(?:why|how|what|who is|analys[ie]s|opinion|editorial|explained|explainer|waarom|hoe|wat |analyse|opinie|column"
    r"|warum|wie |was |kommentar|interview|pourquoi|comment |tribune|por qué|cómo|opinión|perché|come |opinione|por que"
    r"|como |opinião|dlaczego|jak |opinia|felieton|proč|komentář|varför|hur |ledare|почему|как |мнение|чому|як |neden|nasıl"
    r"|vì sao|tại sao|लेख|क्यों|なぜ|解説|社説|왜|칼럼|사설|为什么|為什麼|评论|評論|社论|社論)"
    r"|\| (?:editorial|opinion)|\b(?:q&a|faq|podcast|webinar|whitepaper|op-ed)\b",
    re.IGNORECASE,
)


def event_signs(
    reading: Reading,
    roles: Sequence[Role],
    topics: Sequence[Topic],
    measures: Sequence[Measure],
    incidents: Sequence[Incident],
) -> EventSigns:
    """The features by which a story is compared with others, to see whether both report one event."""
    opening = f"{reading.title.value}\n{reading.text.value[: reading.lead_end]}"
    names = {r.entity for r in roles if r.type != "country" and r.confidence >= 0.75}
    acts = {m.action for m in measures} | {i.kind for i in incidents} | {t.code for t in topics[:1]}
    return EventSigns(
        words=_words(opening),
        numbers=tuple(sorted({re.sub(r"[.,]", "", n) for n in _NUMBER.findall(opening)}))[:12],
        names=tuple(sorted(names))[:20],
        acts=tuple(sorted(acts)),
        told=reports_event(reading.title.value),
    )


def reports_event(title: str) -> bool:
    """Whether a title announces news; False for columns, explainers and questions."""
    return not _COLUMN.search(title)


def _words(opening: str) -> tuple[str, ...]:
    words: dict[str, None] = {}
    folded = fold_term(opening)
    may_be_unbroken = UNBROKEN.search(folded) is not None
    for word in folded.split():
        if may_be_unbroken and UNBROKEN.search(word):
            words.update((word[i : i + 2], None) for i in range(len(word) - 1))
        elif len(word) >= _SHORTEST_WORD and not word.isdigit():
            words[word[:_STEM]] = None
    return tuple(list(words)[:_MOST_WORDS])
