"""Features by which stories of the same days are compared: words, numbers and names in title and lead, kinds of
acts."""

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
"""How many first letters of a word are compared, so that its inflected forms are equal."""
_NUMBER = re.compile(r"\b\d[\d.,]*\d\b")
_COLUMN = re.compile(
    r"\?\s*['\"’”»]?\s*$|(?:^|: )(?:why|how|what|who is|analys[ei]s|analy[sz]e\b|opinion|editorial|explained|explainer"
    r"|waarom|hoe|wat |opinie|column|warum|wie |was |kommentar|interview|pourquoi|comment |tribune|por qué|cómo|análisis"
    r"|opinión|perché|come |analisi|opinione|por que|como |análise|opinião|dlaczego|jak |analiza|opinia|felieton|proč|analýza"
    r"|komentář|varför|hur |analys|ledare|почему|как |анализ|мнение|чому|як |аналіз|neden|nasıl|analiz|vì sao|tại sao"
    r"|लेख|क्यों|なぜ|解説|社説|왜|칼럼|사설|为什么|為什麼|评论|評論|社论|社論)"
    r"|\| (?:editorial|opinion)|\b(?:q&a|faq|podcast|webinar|whitepaper|op-ed)\b",
    re.IGNORECASE,
)
_BYLINE = re.compile(r" \| ([A-Z][\w.'’-]+ [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?)$")
_PRESS = re.compile(
    r"news|times|post|daily|journal|magazine|review|reading|today|wire|media|press|insider|weekly|herald|tech|online|report|tv$"
)
"""Words in publishers' names. Some headlines end with the publisher's name, and headlines of columns with the
author's."""


def event_signs(
    reading: Reading,
    roles: Sequence[Role],
    topics: Sequence[Topic],
    measures: Sequence[Measure],
    incidents: Sequence[Incident],
) -> EventSigns:
    """The features of a story by which it is compared with others to see whether both report one event."""
    opening = f"{reading.title.value}\n{reading.text.value[: reading.lead_end]}"
    names = {r.entity for r in roles if r.type != "country" and r.confidence >= 0.75}
    acts = {m.action for m in measures} | {i.kind for i in incidents} | {t.code for t in topics[:1]}
    return EventSigns(
        words=_words(opening),
        numbers=tuple(sorted({re.sub(r"[.,]", "", n) for n in _NUMBER.findall(opening)}))[:12],
        names=tuple(sorted(names))[:20],
        acts=tuple(sorted(acts)),
        reports_event=reports_event(reading.title.value, reading.article.site),
    )


def reports_event(title: str, site: str = "") -> bool:
    """Whether a title announces news; False for columns, explainers and questions.

    The title of a column may end with its author's name, any title with its publisher's; ``site`` (a domain) tells the
    two apart.
    """
    return not (_COLUMN.search(title) or _ends_with_author(title, site))


def _ends_with_author(title: str, site: str) -> bool:
    name = _BYLINE.search(title)
    if name is None or not site:
        return False
    folded = fold_term(name[1])
    return not _PRESS.search(folded) and folded.replace(" ", "") not in site.replace("-", "")


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
