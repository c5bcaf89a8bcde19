"""What the index answers is what a scan of all texts answers, for any pages and any query."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.search import ask
from fivegwatch.storage.search.index import Page, Writer
from fivegwatch.storage.search.snippets import highlight
from fivegwatch.storage.search.syntax import All, Either, Node, Tag, Without, Words, parse_query
from tests.storage.search.scan import NOW, index_of, page, scan

PIECES = (
    "huawei", "Huawei", "5G", "5g-advanced", "Télécom", "telecom", "AT&T", "signalling-storm", "signalling storm",
    "Straße", "strasse", "中國", "中国", "网络", "伪基站", "基地局", "화웨이가", "เครือข่าย", "شبكة", "сеть", "ΔΊΚΤΥΟ",
    "O'Brien", "ﬁbre", "x", "7", "\u200bzero", "…", "—",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).flatmap(
    lambda words: st.sampled_from((" ", "-", "", " / ")).map(lambda gap: gap.join(words))
)
MOMENTS = st.integers(0, 20_000).map(lambda minutes: NOW - timedelta(minutes=minutes))
PAGES = st.lists(
    st.builds(
        lambda title, body, at, site, lang, topics: page(
            title, body, appeared_at=at, site=site, language=lang, topics=topics
        ),
        TEXTS, TEXTS, st.one_of(MOMENTS, st.just(NOW)), st.sampled_from(("a.example", "news.b.co.uk")),
        st.sampled_from(("en", "zh-Hans", "zh-Hant", "")), st.sampled_from(((), ("T01",), ("T01", "T07"))),
    ),
    max_size=8,
)  # fmt: skip
WORDS = st.sampled_from([text for text in PIECES if text not in "…—"])
LEAVES = st.one_of(
    WORDS.map(lambda text: f'"{text}"'),
    WORDS,
    st.tuples(WORDS, WORDS).map(lambda pair: f'"{pair[0]} {pair[1]}"'),
    WORDS.map(lambda text: f"title:{text}"),
    st.sampled_from(("hua*", "tele*", "中*", '"5g adv"*', "title:sig*")),
    st.sampled_from(
        ("topic:T01", "topic:t07", "lang:zh", "lang:zh-hans", "site:b.co.uk", "site:www.a.example")
    ),
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda text: f"-({text})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
    ),
    max_leaves=6,
)
PERIODS = st.sampled_from(
    ("", " after:2026-03-01", " before:2026-02-25", " after:5d before:2026-03-02", " after:90h")
)


@settings(max_examples=100, deadline=None)
@given(PAGES, QUERIES, PERIODS, st.sets(st.integers(0, 7)))
def test_the_index_answers_as_a_scan_does(
    pages: list[Page], text: str, period: str, removed: set[int]
) -> None:
    query = parse_query(text + period, now=NOW)
    con = index_of(pages)
    keys = {id_: key for key, id_ in con.execute("select key, id from docs")}
    gone = [one for at, one in enumerate(pages) if at in removed]
    Writer(con).remove(keys[one.id] for one in gone)
    left = [one for one in pages if one not in gone]
    wanted = scan(left, query)
    assert set(ask.ids(con, query)) == wanted
    for newest in (False, True):
        matches = ask.find(con, query, limit=20, newest=newest, ledger=False)
        assert {match.id for match in matches.best} == wanted and matches.total == len(wanted)
    con.close()


@given(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), WORDS)
def test_every_hit_is_marked_where_the_words_are(text: str, words: str) -> None:
    query = parse_query(f'"{words}"', now=NOW)
    shown = highlight(text, query.words)
    one = page(text)
    assert bool(shown.hits) == bool(scan([one], query))
    for start, end in shown.hits:
        assert scan([page(text[start:end])], query)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_query_or_is_refused_with_a_sentence(text: str) -> None:
    try:
        query = parse_query(text, now=NOW)
    except QueryError as error:
        assert str(error).endswith(".")
        return
    one = page(text, text)
    con = index_of([one])
    assert set(ask.ids(con, query)) == scan([one], query)
    con.close()


def test_a_query_reads_as_its_tree() -> None:
    def tree(text: str) -> Node:
        return parse_query(text, now=NOW).tree

    a, b, c = (Words((letter,)) for letter in "abc")
    assert tree("a b OR c") == All((a, Either((b, c))))
    assert tree("(a b) OR c") == Either((All((a, b)), c))
    assert tree("-(a OR b)") == Without(Either((a, b)))
    assert tree('title:(a OR "b c"*)') == Either(
        (Words(("a",), title_only=True), Words(("b", "c"), True, True))
    )
    assert tree("Site:https://www.A.example/x country:UK") == All((Tag("site:a.example"), Tag("country:gb")))
    assert tree("5G-Advanced") == tree('"5g advanced"') == Words(("5g", "advanced"))
    period = parse_query("a after:2026-01 before:2026-02-15", now=NOW)
    assert (period.after, period.before) == (
        datetime.fromisoformat("2026-01-01T00:00Z"),
        datetime.fromisoformat("2026-02-15T00:00Z"),
    )
