"""The address of a page's story: which claims are believed, and when a front page came instead."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError
from tests.extractors.articles.test_article import make_page

SITE = "https://news.example.com"
TITLE = "Regulator bars Huawei from 5G core network"
STORY = "".join(
    f"<p>Engineers in region {number} found that the exchange had been listening to itself for {number} weeks.</p>"
    for number in range(1, 8)
)


def link(href: str) -> str:
    return f'<link rel="canonical" href="{href}">'


def og(href: str) -> str:
    return f'<meta property="og:url" content="{href}">'


def data(href: str, key: str = "url") -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "{key}": "{href}"}}</script>'


def believed(head: str, url: str = "/a/story-1", *, asked: str = "", body: str = "") -> str:
    """The address of the article of a page at ``url``, without ``SITE`` in front."""
    markup = (
        f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{STORY}{body}</body></html>"
    )
    final = url if "://" in url else SITE + url
    page = make_page(markup, final, requested_url=SITE + asked if asked else final)
    return extract_article(page).url.removeprefix(SITE)


NAMES_NO_STORY = (
    "/undefined", "/a/undefined", "/undefined-undefined", "null", "/404", "/error/404.html", "/login?next=/a/story-1",
    "{{url}}", "/%7B%7Burl%7D%7D", "/$url", "/story/[object Object]", "/", "/en/", "/news", "/a", "/a/", "/2026/11/26/",
    "/article.html", "/category/tech/", "/tag/huawei-5g-core-network", "/section/politics-and-world-news",
    "/a?url=undefined", "https://news.example.com:8443/a/story-1", "https://other.example.net/regulator-bars-huawei-5g",
)  # fmt: skip


@pytest.mark.parametrize("claim", NAMES_NO_STORY)
@pytest.mark.parametrize("head", [link, og, data, lambda claim: link(claim) + og(claim) + data(claim)])
def test_a_claim_that_names_no_story_is_never_believed(head, claim: str) -> None:  # type: ignore[no-untyped-def]
    assert believed(head(claim)) == "/a/story-1"


@pytest.mark.parametrize(
    ("url", "claim"),
    [
        ("/a/story-1", "/a/story-2"),
        ("/a/story-1", "/b/ferry-company-wins-award"),
        ("/a/12345", "/a/12346"),
        ("/a/huawei-5g-core-germany", "/a/huawei-5g-core-france"),
        ("/a/regulator-bars-huawei-again", "/a/regulator-bars-huawei-network-2"),
        ("/20261126/some-thing", "/20261126/other-thing"),
        ("/world-news-europe/12345", "/world-news-europe/23456"),
        ("/section-67926/some-slug", "/section-67926/other-slug"),
        ("/story/2", "/story"),
        ("/a/report-2026", "/b/report-2026"),
        ("/news.php?id=12", "/news.php"),
        ("/news.php?id=12&lang=en", "/news.php?lang=en"),
        ("/en/news/read-full-article?id=12", "/en/news/read-full-article"),
        ("/2026/11/25/one", "/2026/11/25"),
    ],
)
def test_a_lone_claim_that_names_another_document_is_not_believed(url: str, claim: str) -> None:
    assert believed(link(claim), url) == url


@pytest.mark.parametrize("head", [link, og, data])
def test_pages_that_claim_one_address_stay_different_stories(head) -> None:  # type: ignore[no-untyped-def]
    """Each page is read by itself, so that no order of reading decides which story is lost."""
    urls = ["/a/canon1", "/a/canon2", "/news/masts-fall-silent", "/2026/11/25/55512"]
    assert [believed(head("/a/template-of-the-site"), url) for url in urls] == urls


@pytest.mark.parametrize(
    ("url", "head", "address"),
    [
        ("https://m.news.example.com/a/b?utm_source=x", link("https://news.example.com/a/b"), "/a/b"),
        ("/a/b/amp", link("/a/b"), "/a/b"),
        ("/print/a/b", link("/a/b"), "/a/b"),
        ("/a/b?print=1", link("/a/b"), "/a/b"),
        ("/a/b-print.html", link("/a/b.html"), "/a/b.html"),
        ("/a/b/index.html", link("/a/b/"), "/a/b/"),
        ("/a/regulator-bars-huawei/2", link("/a/regulator-bars-huawei"), "/a/regulator-bars-huawei"),
        ("/?utm_source=feed", link("/"), "/"),
    ],
)
def test_another_spelling_of_the_pages_own_address_is_believed(url: str, head: str, address: str) -> None:
    assert believed(head, url) == address


@pytest.mark.parametrize(
    ("url", "head", "address"),
    [
        ("/nation/article/few-proud-men/19592478", link("/2010/08/few-proud-men/"), "/2010/08/few-proud-men/"),
        ("/a/old-words-here-4723862.html", link("/a/new-words-there-4723862.html"), "/a/new-words-there-4723862.html"),
        ("/n/55555", og("/news/regulator-55555"), "/news/regulator-55555"),
        ("/doi/10.7326/M19-3075", og("/doi/abs/10.7326/M19-3075"), "/doi/abs/10.7326/M19-3075"),
        ("/news.php?id=12&lang=en", link("/news.php?id=12"), "/news.php?id=12"),
        ("/a/regulator-bars-huawei", link("/regulator-bars-huawei-core"), "/regulator-bars-huawei-core"),
        ("/a/one", link("/regulator-bars-huawei-5g"), "/regulator-bars-huawei-5g"),
    ],
)  # fmt: skip
def test_a_claim_is_corroborated_by_a_number_or_name_in_common(url: str, head: str, address: str) -> None:
    """In common with the page's address or, for a name, with its headline."""
    assert believed(head, url) == address


def test_a_claim_is_corroborated_by_the_name_in_the_requested_address() -> None:
    claim = "/a/masts-fall-silent"
    assert believed(link(claim), "/b/12", asked="/old/masts-fall-silent") == claim
    assert believed(link(claim), "/b/12") == "/b/12"


@pytest.mark.parametrize(
    "head",
    [
        link("/2026/11/masts-fall") + og("/2026/11/masts-fall/"),
        og("/2026/11/masts-fall") + data("/2026/11/masts-fall"),
        link("https://www.news.example.com/2026/11/masts-fall")
        + data("/2026/11/masts-fall", "mainEntityOfPage"),
    ],
)
def test_two_equal_claims_of_different_kinds_are_believed(head: str) -> None:
    assert "/2026/11/masts-fall" in believed(head, "/?p=77")
    assert believed(head.replace("masts-fall", "undefined"), "/?p=77") == "/?p=77"
    assert (
        believed(head.partition(">")[0] + ">" if "<link" in head else og("/2026/11/masts-fall"), "/?p=77")
        == "/?p=77"
    )


def test_an_article_at_a_folders_address_may_claim_an_address_in_the_folder() -> None:
    """Sites that build their pages in the browser may answer with a story at a section's address."""
    claim = "/a/b/beijing-2022-biathlon/7pjMbfKbZF2yXNATzgv3Zm"
    head = og(claim) + '<meta property="og:type" content="article">'
    assert (believed(head, "/a/b"), believed(og(claim), "/a/b")) == (claim, "/a/b")


SAME = "/b/regulator-bars-huawei"


@pytest.mark.parametrize(
    ("head", "body", "address"),
    [
        (f'<link rel="CANONICAL" href="{SAME}">', "", SAME),
        (f'<link rel="canonical nofollow" href="{SAME}">', "", SAME),
        (f'<link rel="not-canonical" href="{SAME}">', "", ""),
        ("", link(SAME), ""),
        ("", og(SAME), ""),
        ("</head><body><noscript><p>Scripts!</p></noscript>" + link(SAME), "", SAME),
        ('<base href="/b/">' + link("regulator-bars-huawei"), "", SAME),
        ('<base href="https://evil.example.net/">' + link(SAME), "", ""),
        ('<base href="javascript:">' + link(SAME), "", SAME),
        (og("news.example.com" + SAME), "", SAME),
        (link("") + og(SAME), "", SAME),
    ],
    ids=["case", "words", "another word", "comment", "comment og", "before content", "base", "foreign base", "no base",
         "no scheme", "empty"],
)  # fmt: skip
def test_only_claims_in_the_head_count_and_are_read_as_in_a_browser(
    head: str, body: str, address: str
) -> None:
    url = "/c/regulator-bars-huawei"
    assert believed(head, url, body=f"<div class=comment>{body}</div>") == (address or url)


ARTICLE = '<meta property="og:type" content="article">'


@pytest.mark.parametrize(
    ("asked", "came", "head"),
    [
        ("/p/expired", "/", ""),
        ("/p/expired", "/?from=expired", ARTICLE),
        ("/?p=55", "/", ""),
        ("/huawei-5g-core", "/index.html", ARTICLE),
        ("/huawei-5g-core", "https://www.example.org/", ""),
        ("/2026/11/25/masts-fall", "/en/", ""),
        ("/2026/11/25/masts-fall", "/news", ""),
        ("/news/tech/huawei-5g-core", "/news/tech/", ARTICLE),
        ("/huawei-5g-core", "/category/tech/", ARTICLE),
        ("/p/expired", "/technology/", ""),
    ],
)
def test_a_story_that_redirects_to_a_front_page_is_a_soft_404(asked: str, came: str, head: str) -> None:
    page = front(asked, came, head)
    with pytest.raises(ExtractionError) as caught:
        extract_article(page)
    assert (caught.value.kind, caught.value.transient) == ("soft_404", False)
    assert page.requested_url in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "came", "head"),
    [
        ("/", "/", ""),
        ("/", "/en/", ""),
        ("/?utm_source=x", "/", ""),
        ("/news", "/news/", ""),
        ("/?p=55", "/2026/masts-fall-silent", ""),
        ("/masts-fall-silent", "/?p=55", ""),
        ("/a/12345", "/a/masts-fall", ""),
        ("/a/12345", "/masts", ARTICLE),
        ("/a/12345/amp", "/a/12345", ""),
        ("/story/1", "/story/2", ""),
        ("/p/story", "/login?next=/p/story", ""),
        ("/a/masts-fall-silent", "/consent", ""),
        ("/masts-fall-silent", "https://masts.example.com/", ARTICLE),
    ],
)
def test_a_page_at_its_requested_or_a_new_address_is_kept(asked: str, came: str, head: str) -> None:
    assert extract_article(front(asked, came, head)).text


def front(asked: str, came: str, head: str):  # type: ignore[no-untyped-def]
    markup = (
        f"<html><head><title>Daily News</title>{head}</head><body><h1>Daily News</h1>{STORY}</body></html>"
    )
    return make_page(markup, came if "://" in came else SITE + came, requested_url=SITE + asked)


@pytest.mark.parametrize(
    "address", ["http://[::1", "https://exa mple/ x", "https://[", "http://a.example:99999/b"]
)
@pytest.mark.parametrize("link", ["<link rel=canonical href='{}'>", "<meta property=og:url content='{}'>"])
def test_a_claim_that_is_no_valid_address_is_ignored(link: str, address: str) -> None:
    page = make_page(f"<html><head>{link.format(address)}</head><body><h1>Masts</h1>{STORY}</body>")
    assert extract_article(page).url == page.final_url
