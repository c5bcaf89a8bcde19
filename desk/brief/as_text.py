"""The brief as plain text, short enough for a message: one line for each event, with the address of the story
whose headline it has.
"""

from __future__ import annotations

from fivegwatch.desk.brief.sentences import change_links, event_text, opening, silent_lines
from fivegwatch.desk.reads.week import Week

MOST_LINES = 60
"""Maximum number of events in a message; of further events only the number is given. Many channels cut longer
messages."""


def brief_text(week: Week) -> str:
    """The brief of a week as the body of a message; `sentences.heading` makes its title."""
    lines = [opening(week), ""]
    if changes := change_links(week):
        lines += [
            "CHANGED IN THE TRACKERS",
            *(f"- {change.text}" for change in changes),
            "",
        ]
    written = 0
    for country in week.countries:
        if written >= MOST_LINES:
            break
        lines.append(country.name.upper())
        for event in [event for topic in country.topics for event in topic.events][: MOST_LINES - written]:
            text = event_text(event)
            facts = "".join(f"{fact.text} " for fact in text.facts)
            aside = f" ({text.in_language})" if text.in_language else ""
            lines.append(f"- {facts}{text.headline.text}{aside}. {text.headline.url}".rstrip())
            written += 1
        lines.append("")
    if left := week.events + week.more_events - written:
        lines += [f"{left:,} further events are in the corpus.", ""]
    lines += [f"- {line}" for line in silent_lines(week)]
    return "\n".join(lines).strip() + "\n"
