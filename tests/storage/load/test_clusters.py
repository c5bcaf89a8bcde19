"""Copies of a text on other sites become one cluster, whatever the order in which they came."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.merge import clusters
from fivegwatch.storage.load.merge.clusters import Link, stars
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Attempt, Record
from tests.conftest import examples
from tests.storage.builders import at, id_of, make_article, make_decision, make_judged
from tests.storage.contents import ask
from tests.storage.load.test_merge_laws import corpus_after

pytestmark = pytest.mark.slow

WORDS = [
    a + b
    for a in ("ka", "lo", "mi", "ru", "te", "so", "va", "ne")
    for b in ("dan", "fel", "gor", "hit", "jun")
]


def prose(seed: int, words: int) -> str:
    """A text like no other, one paragraph per ten words."""
    chance = random.Random(seed)
    return "\n".join(" ".join(chance.choices(WORDS, k=10)) for _ in range(words // 10))


FULL, OTHER = prose(1, 300), prose(2, 300)
LINES = FULL.split("\n")


def record(
    url: str, text: str, *, minute: float = 0, title: str = "", relevant: bool = True, **more: object
) -> Record:
    article = make_article(url, text=text, title=title or f"Title of {url}", published_at=at(minute), **more)
    decision = make_decision(article, relevant=relevant)
    return make_judged(
        article, decision, entry_id=id_of(url), captured_at=at(minute + 1), judged_at=at(minute + 2)
    )


@pytest.fixture
def layout(layout: Layout, empty_store: Path) -> Layout:
    shutil.copyfile(empty_store, layout.store)
    return layout


def deliver(layout: Layout, *records: Record) -> None:
    batch = Batch()
    for put in records:
        batch.add(put)
    put_batch(layout, batch)
    load(layout)


def groups(layout: Layout) -> set[frozenset[str]]:
    """The clusters of two or more, as addresses."""
    rows = ask(layout, "select list(url) from stories group by cluster_id having count(*) > 1")
    return {frozenset(urls) for (urls,) in rows}


COPIES = {
    "as it was": FULL,
    "with other line breaks": FULL.replace("\n", " \n\n"),
    "in capitals": FULL.upper(),
    "with the end cut": "\n".join(LINES[:21]),
    "with the beginning cut": "\n".join(LINES[9:]),
    "with paragraphs in another order": "\n".join(LINES[15:] + LINES[:15]),
    "between two boilerplates": prose(8, 60) + "\n" + FULL + "\n" + prose(9, 60),
    "with every seventh paragraph replaced": "\n".join(
        prose(20 + n, 10) if n % 7 == 3 else line for n, line in enumerate(LINES)
    ),
    "as a teaser": "\n".join(LINES[:4]),
}  # fmt: skip


def test_a_copy_joins_the_cluster_of_its_original(layout: Layout) -> None:
    """All kinds in one corpus: a member of a cluster is linked with its centre directly, never through a third text."""
    original = "https://a.example/1"
    deliver(layout, record(original, FULL), record("https://c.example/1", OTHER))
    copies = {f"https://b{n}.example/1": text for n, text in enumerate(COPIES.values())}
    deliver(layout, *(record(url, text, minute=5, title="Another headline") for url, text in copies.items()))
    assert groups(layout) == {frozenset({original, *copies})}
    assert ask(layout, "select count(*) from clusters") == [(2,)]


DIFFERENT = {
    "another text under the same headline": OTHER,
    "a text that quotes two paragraphs": OTHER + "\n" + "\n".join(LINES[3:5]),
    "a text with the same footer": prose(3, 100) + "\n" + "\n".join(LINES[-3:]),
    "a short text from the middle of it": "\n".join(LINES[18:21]),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_different_texts_stay_in_clusters_of_their_own(layout: Layout, what: str) -> None:
    deliver(layout, record("https://a.example/1", FULL, title="Same"))
    deliver(layout, record("https://b.example/1", DIFFERENT[what], title="Same"))
    assert groups(layout) == set()


def test_a_text_that_drifts_from_copy_to_copy_does_not_make_one_long_chain(layout: Layout) -> None:
    lines = prose(4, 900).split("\n")
    windows = ["\n".join(lines[first : first + 30]) for first in range(0, 60, 6)]
    deliver(layout, *(record(f"https://s{n}.example/", text, minute=n) for n, text in enumerate(windows)))
    worst = ask(layout, "select min(containment), count(distinct cluster_id) from cluster_members")
    assert worst[0][0] >= 0.6
    assert len(groups(layout)) > 1


def test_a_digest_of_many_texts_does_not_join_their_clusters(layout: Layout) -> None:
    items = [prose(30 + n, 60) for n in range(8)]
    deliver(layout, record("https://digest.example/", "\n".join(items)))
    deliver(layout, *(record(f"https://s{n}.example/", text, minute=n) for n, text in enumerate(items)))
    assert all(len(group) <= 2 for group in groups(layout))


def test_pages_whose_text_is_a_wall_are_no_copies_of_each_other(layout: Layout) -> None:
    walls = [record(f"https://s{n}.example/", FULL, quality=("consent_wall",)) for n in range(3)]
    deliver(layout, *walls)
    assert groups(layout) == set()


def test_members_show_how_they_differ_from_their_reference(layout: Layout) -> None:
    deliver(
        layout,
        record("https://a.example/1", FULL),
        record("https://b.example/1", FULL + "\n" + prose(8, 30), minute=1),
        record("https://c.example/1", "\n".join(LINES[:24]), minute=2),
    )
    asked = ask(layout, "select url, is_reference, added, removed, containment from cluster_members")
    rows = {url: rest for url, *rest in asked}
    assert rows["https://a.example/1"] == [True, 0, 0, 1]
    assert rows["https://b.example/1"][1] == pytest.approx(0.1, abs=0.02)
    assert rows["https://c.example/1"][2] == pytest.approx(0.2, abs=0.02)


ORIGINS = {
    "earliest": (("", "a.example", 3), ("", "b.example", 1), ("", "c.example", 2), "b.example", "earliest"),
    "agency": (
        ("BERLIN (Reuters) - ", "a.example", 1),
        ("BERLIN (Reuters) - ", "reuters.com", 3),
        ("", "c.example", 2),
        "reuters.com",
        "agency",
    ),
    "longest": (("", "a.example", 1), ("Longer by a line of words. ", "b.example", 1), ("", "c.example", 2),
                "b.example", "longest"),
}  # fmt: skip


@pytest.mark.parametrize("case", ORIGINS)
def test_the_likely_origin_is_the_agency_else_the_earliest_else_the_longest(
    layout: Layout, case: str
) -> None:
    *members, site, why = ORIGINS[case]
    deliver(
        layout,
        *(
            record(f"https://{host}/1", head + FULL, minute=minute, site=host)
            for head, host, minute in members
        ),
    )
    assert ask(layout, "select origin_url, origin_by from clusters") == [(f"https://{site}/1", why)]


def test_an_edit_that_makes_it_another_text_takes_it_out_of_its_cluster(layout: Layout) -> None:
    deliver(layout, record("https://a.example/1", FULL), record("https://b.example/1", FULL))
    assert len(groups(layout)) == 1
    deliver(layout, record("https://b.example/1", OTHER, minute=10))
    assert groups(layout) == set()
    assert ask(layout, "select count(*) from base.fingerprints") == [(2,)]


def test_a_batch_written_before_fingerprints_existed_gives_the_same_clusters(layout: Layout) -> None:
    old, new = Batch(), Batch()
    for batch in (old, new):
        batch.add(record("https://a.example/1", FULL))
        batch.add(record("https://b.example/1", COPIES["with the end cut"]))
    fields = ("fingerprint_version", "text_key", "shingles", "bands", "anchors", "agency")
    for _, _, row in old.rows:
        row.update(dict.fromkeys(fields))
    put_batch(layout, old)
    load(layout)
    before = ask(layout, "from base.bands order by all"), ask(layout, "from base.members order by all")
    assert len(groups(layout)) == 1
    put_batch(layout, new)
    load(layout)
    assert (
        ask(layout, "from base.bands order by all"),
        ask(layout, "from base.members order by all"),
    ) == before


def test_a_corpus_without_fingerprints_gets_them_at_the_next_load(layout: Layout) -> None:
    import duckdb

    deliver(layout, record("https://a.example/1", FULL), record("https://b.example/1", FULL))
    with duckdb.connect(str(layout.store)) as con:
        for table in ("fingerprints", "bands", "links", "members"):
            con.execute(f"delete from base.{table}")
        con.execute("update base.articles set cluster_id = null, moved_to = null, agency = null")
        con.execute("delete from base.meta where name = 'fingerprints'")
    assert groups(layout) == set()
    deliver(layout, record("https://c.example/1", OTHER))
    assert groups(layout) == {frozenset({"https://a.example/1", "https://b.example/1"})}


# Texts of three families, and their edits, so that members meet, move and leave.
TEXTS = [
    FULL,
    *COPIES.values(),
    OTHER,
    "\n".join(OTHER.split("\n")[:20]),
    OTHER + "\n" + FULL,
    prose(5, 60),
    "Short.",
]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Record], list[list[list[Record]]]]:
    """Stories, and visits that lead from one address to another; delivered in some order, some twice.

    Many of them a draw, for a corpus costs about the same however many go into it.
    """
    places = st.integers(0, 6).map("https://s{}.example/".format)
    minutes = st.integers(0, 3)

    def visit() -> Record:
        entry, article, minute = id_of(draw(places)), id_of(draw(places)), draw(minutes)
        return Attempt(
            run_id="run",
            entry_id=entry,
            attempted_at=at(minute),
            state="done",
            attempts=1,
            article_id=article,
        )

    def story() -> Record:
        where, text, minute, kept = (
            draw(places),
            draw(st.sampled_from(TEXTS)),
            draw(minutes),
            draw(st.booleans()),
        )
        return record(where, text, minute=minute, relevant=kept)

    pool = [visit() if draw(st.integers(0, 3)) == 0 else story() for _ in range(draw(st.integers(6, 14)))]
    order = draw(st.permutations(pool + draw(st.lists(st.sampled_from(pool), max_size=3))))
    loads: list[list[list[Record]]] = [[[]]]
    for one in order:
        if loads[-1][-1] and draw(st.sampled_from((True, False, False))):
            loads.append([[]])
        loads[-1][-1].append(one)
    return pool, loads


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(histories())
def test_clusters_depend_on_the_stories_and_not_on_their_order(
    empty_store: Path, history: tuple[list[Record], list[list[list[Record]]]]
) -> None:
    pool, loads = history
    assert corpus_after(empty_store, loads) == corpus_after(empty_store, [[pool]])


def test_copies_are_found_in_any_order_also_where_very_many_texts_share_their_words(
    empty_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Teasers are loaded before their long versions, and after; the common words are in more texts than the bound."""
    monkeypatch.setattr(clusters, "FREQUENT", 3)
    short: list[Record] = []
    rounds: list[list[Record]] = [[] for _ in range(6)]
    for words in (20, 60, 100):
        teaser = prose(100 + words, words)
        short.append(record(f"https://teaser.example/{words}", teaser))
        for number, long in enumerate(rounds):
            text = teaser + "\n" + prose(1_000 * number + words, 400)
            long.append(record(f"https://s{number}.example/{words}", text))
    *early, late = rounds
    many = [one for some in early for one in some]
    corpus = corpus_after(empty_store, [[short + many], [late]])
    assert len(corpus["links"]) == 3 * 6
    assert corpus_after(empty_store, [[many], [late], [short]]) == corpus
    assert corpus_after(empty_store, [[short + many + late]]) == corpus


keys = st.integers(0, 7)


@given(
    st.sets(st.tuples(keys, keys, st.integers(6, 10)).filter(lambda link: link[0] < link[1])), st.randoms()
)
def test_every_member_is_linked_with_its_centre_and_order_changes_nothing(
    found: set[tuple[int, int, int]], chance: random.Random
) -> None:
    links = list({(a, b): Link(a, b, shared, 10, 10) for a, b, shared in sorted(found)}.values())
    sizes = dict.fromkeys(range(8), 10)
    places = stars(sizes, links)
    chance.shuffle(links)
    assert stars(dict(sorted(sizes.items(), reverse=True)), links) == places
    pairs = {(link.one, link.other) for link in links} | {(link.other, link.one) for link in links}
    for key, place in places.items():
        assert places[place.centre].centre == place.centre
        assert key == place.centre or (key, place.centre) in pairs
