"""What the whole story says, known when one of its sentences is searched for acts."""

from __future__ import annotations

from collections.abc import Sequence

from fivegwatch.extractors.facts.event_signs import reports_event
from fivegwatch.extractors.facts.modality import Modality, status_of
from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.story_facts import Role
from fivegwatch.extractors.watchlist.alternatives import alternatives_of

KEEP_OUT = ("ban", "restrict", "phase_out", "remove_fund", "revoke")
"""Kinds of acts that keep a vendor out; if such an act is denied, the vendor is not kept out."""
_QUOTES = tuple("'\"‘’“”„«»「『")


class MeasureStory:
    """What the whole story says, known when one of its sentences is read for measures."""

    def __init__(
        self,
        reading: Reading,
        sentences: Sequence[Sentence],
        countries: Sequence[Role],
        roles: Sequence[Role],
    ) -> None:
        """Collect the states, vendors, laws and operators that the story is about."""
        title = reading.title.value.strip()
        self.lead = [s for s in sentences if s.place == "lead"]
        self.quoted = self.lead if title[:1] in _QUOTES else []
        """If the headline is a quotation: the sentences that may name the speaker."""
        self.about = reading.rules.subject
        groups = alternatives_of(self.about.groups)
        self.group = next((group for s in self.lead if (group := groups.first(s.folded))), "")
        """The group of vendors that the lead describes: firms that are a risk for national security."""
        self.reports = reports_event(title)
        self.subjects = [role.entity for role in countries if role.is_subject]
        vendors = [role for role in roles if role.type == "vendor" and role.is_subject]
        vendors = [role for role in vendors if role.country in self.about.contested]
        self.vendors = {role.entity: role.name for role in vendors}
        self.carriers = {
            role.entity: role.name
            for role in roles
            if role.type == "operator" and role.is_subject and role.country in self.about.contested
        }
        """Operators from countries of contested vendors, against whom other states act."""
        self.homes = frozenset(role.country for role in vendors) or self.about.contested
        """Homes of the vendors in question: a state does not act against its own vendor."""
        self.actors = [code for code in self.subjects if code not in self.homes]
        self.laws = [role.name for role in roles if role.type == "law" and role.is_subject]
        self.operators = [role.name for role in roles if role.type == "operator" and role.is_subject]
        published = reading.article.published_at
        self.published = published.date() if published else None

    def hedge(self, action: str) -> Modality | None:
        """The status "considered" if the lead has a sentence, without a vendor, that says an act of kind ``action`` is
        being considered; else None."""
        for sentence in self.lead:
            act = next((p for p in sentence.phrases if p.kind == f"act:{action}"), None)
            if act and not sentence.of_type("vendor"):
                status = status_of(sentence, act, restricts=action in KEEP_OUT)
                if status.explicit and status.status == "considered":
                    return status
        return None
