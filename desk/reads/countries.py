"""The list of countries and the page of one country: its measures, incidents there, and stories about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fivegwatch.desk.charts.weeks import Week
from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.bans import BanLine, read_bans
from fivegwatch.desk.reads.facts import incidents, measures
from fivegwatch.desk.reads.incident_tracker import IncidentLine, titled_lines
from fivegwatch.desk.reads.items import EventLine, MeasureFact
from fivegwatch.desk.reads.lists import events_where
from fivegwatch.desk.reads.pictures import Stance, read_stances, read_whole_weeks
from fivegwatch.desk.reads.subjects import SubjectLine
from fivegwatch.desk.wording import country_name
from fivegwatch.storage.read.corpus import Corpus

MOST_EVENTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryLine:
    """One country as a line of the list of countries."""

    code: str
    name: str
    stories: int
    """Number of stories about the country."""
    measures: int
    incidents: int
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Countries:
    """The data of the list of countries; countries with the most stories come first."""

    lines: tuple[CountryLine, ...]
    stances: tuple[Stance, ...]
    """What each state does against each vendor, for the map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """What the page of one country shows."""

    line: CountryLine
    bans: tuple[BanLine, ...]
    """The country's acts against vendors; the vendor with the latest act comes first."""
    measures: tuple[MeasureFact, ...]
    """The country's other measures, newest first."""
    incidents: tuple[IncidentLine, ...]
    """Incidents with victims in the country, newest first."""
    accused: tuple[IncidentLine, ...]
    """Incidents elsewhere of which the country is accused."""
    operators: tuple[SubjectLine, ...]
    """Operators from the country that stories name."""
    events: tuple[EventLine, ...]
    weeks: tuple[Week, ...]
    """Stories about the country by week, for a picture."""


_LINES = """
    with about as (
        select code, count(*) as stories, max(published_day) as last_day
        from (select unnest(countries) as code, published_day from stories) group by code
    ),
    act as (select "by" as code, count(*) as measures from measures where length("by") = 2 group by all),
    attack as (select country as code, count(*) as incidents from incidents where country is not null group by all)
    select
        code, coalesce(stories, 0) as stories, coalesce(measures, 0) as measures, coalesce(incidents, 0) as incidents,
        last_day
    from about full join act using (code) full join attack using (code)
    where $code = '' or code = $code
    order by stories desc, measures desc, code
"""


def _lines(corpus: Corpus, code: str) -> list[CountryLine]:
    return [CountryLine(**row, name=country_name(row["code"])) for row in corpus.sql(_LINES, {"code": code})]


def read_countries(corpus: Corpus, asked: Asked) -> Countries:  # noqa: ARG001 - as every read
    """All countries that a story is about, that a story reports a measure of, or that were hit by an incident in a
    story.
    """
    return Countries(lines=tuple(_lines(corpus, "")), stances=read_stances(corpus))


def read_country(corpus: Corpus, asked: Asked) -> Country:
    """The country with the ``code`` (ISO 3166-1 alpha-2, or EU).

    Raises: QueryError of kind ``not_found`` when no story is about it.
    """
    code = asked.text("code").upper()
    lines = _lines(corpus, code) if code else []
    if not lines:
        raise missing(f"no story is about a country with the code {code}")
    chosen = {"code": code}
    bans = read_bans(corpus, Asked(now=asked.now, values={"country": code})).lines
    tracked = {(act.event_id, act.action, act.target) for line in bans for act in line.history}
    return Country(
        line=lines[0],
        bans=bans,
        measures=tuple(
            act
            for act in measures(corpus, '"by" = $code', chosen)
            if (act.event_id, act.action, act.target) not in tracked
        ),
        incidents=titled_lines(corpus, incidents(corpus, "country = $code", chosen)),
        accused=titled_lines(
            corpus,
            incidents(
                corpus,
                "coalesce(country, '') <> $code and lower(actor) in (lower($code), lower($name))",
                chosen | {"name": lines[0].name},
            ),
        ),
        operators=_operators(corpus, code),
        events=events_where(corpus, "list_contains(s.countries, $code)", chosen, limit=MOST_EVENTS),
        weeks=read_whole_weeks(corpus, asked.now, "list_contains(s.countries, $code)", chosen),
    )


def _operators(corpus: Corpus, code: str) -> tuple[SubjectLine, ...]:
    rows = corpus.sql(
        """select r.entity as id, any_value(r.name) as name, any_value(r.country) as country,
               count(distinct r.story_id) filter (where r.subject) as about,
               count(distinct r.story_id) as stories, max(s.published_day) as last_day
           from roles r join stories s on s.id = r.story_id
           where r.type = 'operator' and r.country = $code
           group by r.entity order by about desc, stories desc, id limit 30""",
        {"code": code},
    )
    return tuple(SubjectLine(**row) for row in rows)
