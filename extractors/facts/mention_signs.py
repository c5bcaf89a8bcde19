"""Signs beside the mentions of a firm, actor or law: a list of examples, a comparison, a speaker, an attack.

An entity all of whose mentions have such a sign is a bystander of its story, unless the title names it; `entity_roles`
decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from fivegwatch.extractors.facts.reading import Named, Text
from fivegwatch.extractors.watchlist.alternatives import CasedAlternatives
from fivegwatch.extractors.watchlist.model import Entity

_ATTACK = frozenset({"threat", "espionage"})
_LIST = 3
"""Fewest names of one type that make a list."""
_BEFORE, _AFTER = 40, 60
"""Characters before and after a name in which the words below are looked for."""
_EXAMPLES = re.compile(
    r"(?:such as|including|among(?: them| others)?|the likes of|like|e\.g\.|for example|zoals|waaronder|onder meer|wie"
    r"|etwa|darunter|beispielsweise|comme|tels? que|telles? que|notamment|dont|como|entre ell[oa]s|incluid[oa]s?"
    r"|incluyendo|inclu[ií]ndo|come|tra cui|quali|takich jak|m\.in\.|jako|například|såsom|bland annat|till exempel"
    r"|такие как|таких как|например|включая|gibi|chẳng hạn|như|包括|例如|如|等|など|등)[\s:,«\"“']*$",
    re.IGNORECASE,
)
"""Words that introduce examples."""
_LIKENESS = re.compile(
    r"(?:similar|resembl\w+|overlap\w*|reminiscent|shares? \w+ with|linked? to|ties? to|akin|proches? d\w+|rapprochent"
    r"|semblable\w*|similitude\w*|parecid\w+|semejan\w+|vergelijkbaar|lijkt|gelijkenis\w*|ähnel\w+|ähnlich\w*|podobn\w+"
    r"|simil\w+|lik(?:nar|het)\w*|похож\w+|схож\w+|tương đồng|相似|類似|类似|似)\b[^.;:]{0,40}$",
    re.IGNORECASE,
)
"""Words for likeness: a group that an attacker resembles is not the attacker."""
_SPEAKERS = (
    r"vice[- ]?president|vicepresident\w*|president\w*|chief|head of|director\w*|ceo|cto|ciso|analyst\w*|analist\w*"
    r"|engineer\w*|ingenier\w+|ingénieur\w*|manager|gerente|researcher\w*|forscher\w*|onderzoeker\w*|chercheur\w*"
    r"|investigador\w*|badacz\w*|expert\w*|according to|volgens|laut|selon|según|segundo|secondo|według|podle|enligt"
    r"|по данным|по словам|研究人员|研究人員|専門家|theo"
)
_SPEAKER = re.compile(rf"(?:{_SPEAKERS})\b[^.;:!?]{{0,40}}$", re.IGNORECASE)
"""Words before a firm whose people speak, or that is quoted."""
_SPEAKER_NAMED = CasedAlternatives(re.compile(_SPEAKERS, re.IGNORECASE))
_SAYS = re.compile(
    r"^(?:'s|’s)?\s*(?:researchers?|analysts?|experts?|labs?|research|says?|said|reports?|reported|warns?|noted|explains?"
    r"|forscher|sagt\w*|warnt|onderzoekers|zegt|meldt|chercheurs|explique|indique|señala|advierte|afirma|informa|explica"
    r"|dice|avverte|diz|alerta|poinformował\w*|uvedl\w*|uppger|säger|сообщ\w+|заяв\w+)\b",
    re.IGNORECASE,
)


_BYLINE = re.compile(r"\s*(?:por|by|von|par|da|door|autora?|author)\b[:\s]", re.IGNORECASE)
"""The beginning of a line that names the author and the author's firm."""


@dataclass(slots=True)
class Seen:
    """How an entity is named in a story; offsets are str indices into ``text.value``."""

    entity: Entity
    text: Text
    start: int
    end: int
    """Text, start and end of the first mention."""
    count: int = 0
    title: bool = False
    lead: bool = False
    attacked: bool = False
    """Whether a sentence that reports an attack names the entity."""
    plain: int = 0
    """Number of mentions outside lists of examples, comparisons and statements by the entity."""
    author: bool = False
    """Whether a byline names the entity, as the firm of the author."""


def note_mention(
    one: Seen, named: Named, text: Text, *, lead_end: int, example: bool, attacked: bool
) -> None:
    """Add the mention ``named`` to ``one``, what is known of an entity.

    ``lead_end``: offset where the lead ends. ``example``: the mention is in a list of examples. ``attacked``: its
    sentence reports an attack.
    """
    one.count += 1
    one.title |= text.field == "title"
    one.lead |= text.field == "text" and named.start < lead_end
    one.attacked |= attacked
    kind = one.entity.type
    before = text.value[max(0, named.start - _BEFORE) : named.start]
    aside = example
    if kind == "threat_actor":
        aside |= bool(_LIKENESS.search(before))
    elif kind == "vendor" and _SPEAKER_NAMED.matches(before) and _SPEAKER.search(before):
        start = text.sentence(named.start)[0]
        one.author |= bool(_BYLINE.match(text.value, start, named.start))
        aside = True
    elif kind == "vendor":
        aside |= bool(_SAYS.search(text.value[named.end : named.end + _AFTER]))
    one.plain += not aside


def find_examples(text: Text, starts: Collection[int]) -> frozenset[int]:
    """Offsets of the names that are examples, in a list that a word such as "including" introduces. ``starts``: offsets
    of the names of one type in one sentence."""
    order = sorted(starts) if len(starts) >= _LIST else ()
    for i, start in enumerate(order):
        if len(order) - i >= _LIST and _EXAMPLES.search(text.value[max(0, start - _BEFORE) : start]):
            return frozenset(order[i:])
    return frozenset()
