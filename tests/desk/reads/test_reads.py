"""Reads give the facts of a small corpus of known truth."""

from __future__ import annotations

from datetime import timedelta

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.bans import read_bans
from fivegwatch.desk.reads.event import read_event, read_events
from fivegwatch.desk.reads.incident_tracker import read_incidents
from fivegwatch.desk.reads.story import read_stories, read_story
from fivegwatch.desk.reads.today import read_today
from fivegwatch.storage.read.corpus import Corpus
from tests.desk.corpora import DAY, HOSTILE, STORIES
from tests.storage.builders import at, id_of

FIRST = id_of("https://first.example/ban")


def asked(minutes: float = 3 * DAY, **values: str) -> Asked:
    return Asked(now=at(minutes), values=values)


def test_today_has_each_new_event_once_and_the_others_below(corpus: Corpus) -> None:
    page = read_today(corpus, asked(41 * DAY + 60))
    assert [event.title for event in page.new] == [HOSTILE]
    assert [event.title for event in page.earlier] == [
        "Salt Typhoon inside Acme Telecom",
        "Germany bans Huawei",
    ]
    page = read_today(corpus, asked(since="2026-06-01"))
    assert len(page.new) == 2 and len(page.earlier) == 1 and page.given


def test_an_event_joins_languages_and_says_who_was_first_and_by_how_much(corpus: Corpus) -> None:
    page = read_event(corpus, asked(event_id=id_of("https://le.example/interdit")))
    assert page.line.stories == 3 and page.line.languages == ("en", "fr")
    assert page.first.site == "first.example"
    assert [text.story.lag for text in page.texts] == [
        timedelta(0),
        timedelta(minutes=90),
        timedelta(minutes=200),
    ]
    (ban,) = page.line.measures
    assert ban.sentence == "Germany decides to ban Huawei in 5G networks" and ban.stories == 3
    assert {one.quote for one in ban.evidence} == {"Germany bans Huawei from 5G"} and len(ban.evidence) == 3


def test_trackers_filter_and_keep_their_evidence(corpus: Corpus) -> None:
    (ban,) = read_bans(corpus, asked(country="de", target="huawei")).lines
    assert (ban.country, ban.target, ban.status, ban.stories) == ("DE", "Huawei", "decided", 3)
    assert ban.latest and len(ban.latest.evidence) == 3
    assert read_bans(corpus, asked(country="FR")).lines == () and read_bans(corpus, asked()).countries == (
        "DE",
    )
    (attack,) = read_incidents(corpus, asked(actor="Salt Typhoon")).lines
    assert attack.fact.victims == ("Acme Telecom",) and attack.title == "Salt Typhoon inside Acme Telecom"
    assert read_incidents(corpus, asked(since="2026-07-01")).lines == ()


def test_a_story_has_its_verdict_text_evidence_and_parts(corpus: Corpus) -> None:
    story = read_story(corpus, asked(story_id=FIRST))
    assert story.kept and story.verdict == "kept" and story.event_id and "ministry" in (story.text or "")
    assert [part.name for part in story.parts if part.subject] == ["Germany", "Huawei"]
    near = read_story(corpus, asked(story_id=id_of("https://near.example/5g")))
    assert not near.kept and near.verdict == "near_miss"


def test_many_stories_read_at_once_are_the_stories_read_one_by_one(corpus: Corpus) -> None:
    """Without the near miss and an unknown id; and so is every event."""
    ids = [id_of(row[0]) for row in STORIES]
    one_by_one = [read_story(corpus, asked(story_id=one)) for one in ids]
    others = [id_of("https://near.example/5g"), id_of("https://no.example/")]
    assert read_stories(corpus, ids + others) == tuple(one_by_one)
    events = sorted({story.event_id for story in one_by_one if story.event_id})
    assert read_events(corpus, events) == tuple(read_event(corpus, asked(event_id=one)) for one in events)
