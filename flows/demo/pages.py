"""HTML of the newsroom: article pages with menus and teasers as on real sites, front pages, and broken feeds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape

from fivegwatch.flows.demo.feeds import body_html
from fivegwatch.flows.demo.stories import Outlet, Story

_STYLE = "body{font:16px/1.5 serif;margin:0 auto;max-width:60rem}.banner{position:fixed;bottom:0}"
_SCRIPT = "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('js',0);"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The contents of one article page: outlet, story, addresses, times, and links to other stories."""

    outlet: Outlet
    story: Story
    url: str
    canonical: str
    """Absolute address, or empty for a page without a canonical link."""
    published_at: datetime
    updated_at: datetime
    related: Sequence[tuple[str, str]]
    """(address, headline) of other stories of the outlet."""

    def local(self, moment: datetime) -> datetime:
        """``moment`` in the time zone of the outlet."""
        return moment.astimezone(timezone(timedelta(hours=self.outlet.utc_offset)))


def article_page(sheet: Sheet) -> str:
    """The HTML of an article's page."""
    outlet, story = sheet.outlet, sheet.story
    direction = ' dir="rtl"' if outlet.language == "ar" else ""
    return f"""<!DOCTYPE html>
<html lang="{story.language}"{direction}>
<head>
<meta charset="{outlet.page_charset}">
<title>{escape(story.title)} | {escape(outlet.title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{_STYLE}</style>
<script>{_SCRIPT}</script>
{_head(sheet)}
</head>
<body class="single single-post">
{_banner(outlet)}
{_masthead(outlet)}
<main id="content">
<article class="post">
<header class="entry-header"><p class="kicker"><a href="/{outlet.id}/">{escape(story.section)}</a></p>
<h1>{escape(story.title)}</h1>
{_byline(sheet)}
</header>
<div class="entry-content article-body">
{body_html(story)}
</div>
<div class="share-buttons"><a href="#x">X</a> <a href="#mail">E-Mail</a> <a href="#print">PDF</a></div>
</article>
{_related(sheet)}
</main>
{_footer(outlet)}
</body>
</html>
"""


def _head(sheet: Sheet) -> str:
    outlet, story = sheet.outlet, sheet.story
    published, updated = (sheet.local(m).isoformat() for m in (sheet.published_at, sheet.updated_at))
    lines = [f'<meta name="description" content="{escape(story.lead[:150])}">']
    if sheet.canonical:
        lines.append(f'<link rel="canonical" href="{escape(sheet.canonical)}">')
    if outlet.metadata == "meta":
        lines += [
            f'<meta property="og:title" content="{escape(story.title)}">',
            '<meta property="og:type" content="article">',
            f'<meta property="og:url" content="{escape(sheet.canonical or sheet.url)}">',
            f'<meta property="article:published_time" content="{published}">',
            f'<meta property="article:modified_time" content="{updated}">',
            *(f'<meta name="author" content="{escape(name)}">' for name in story.authors),
        ]
    if outlet.metadata.startswith("json-ld"):
        text = json.dumps(_linked_data(sheet), ensure_ascii=False).replace("</", "<\\/")
        lines.append(f'<script type="application/ld+json">{text}</script>')
    return "\n".join(lines)


def _linked_data(sheet: Sheet) -> dict[str, object]:
    article: dict[str, object] = {
        "@type": "NewsArticle",
        "headline": sheet.story.title,
        "inLanguage": sheet.story.language,
        "datePublished": sheet.local(sheet.published_at).isoformat(),
        "dateModified": sheet.local(sheet.updated_at).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in sheet.story.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": sheet.outlet.title},
        "mainEntityOfPage": {"@type": "WebPage", "@id": sheet.canonical or sheet.url},
    }
    if sheet.outlet.metadata == "json-ld":
        return {"@context": "https://schema.org", **article}
    site = {"@type": "WebSite", "name": sheet.outlet.title, "inLanguage": sheet.outlet.language}
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Home"}],
    }
    return {"@context": "https://schema.org", "@graph": [site, crumbs, article]}


def _byline(sheet: Sheet) -> str:
    outlet, moment = sheet.outlet, sheet.local(sheet.published_at)
    text = moment.strftime(outlet.date_format or "%d.%m.%Y, %H:%M")
    authors = f'<span class="author" rel="author">{escape(", ".join(sheet.story.authors))}</span>'
    by = f"{escape(outlet.word('by'))} {authors}" if sheet.story.authors else ""
    if outlet.metadata == "time":
        text = f'<time datetime="{moment.isoformat()}">{text}</time>'
    return f'<p class="byline">{by} <span class="date">{text}</span></p>'


def _banner(outlet: Outlet) -> str:
    return (
        f'<div class="banner cookie-consent" role="dialog"><p>{escape(outlet.word("cookie"))}</p>'
        f"<button>{escape(outlet.word('accept'))}</button></div>"
    )


def _masthead(outlet: Outlet) -> str:
    names = outlet.words.get("nav", [])
    links = "".join(f'<li><a href="/{outlet.id}/">{escape(name)}</a></li>' for name in names)
    return (
        f'<header class="site-header"><a href="/{outlet.id}/">{escape(outlet.title)}</a>'
        f'<nav class="main-menu"><ul>{links}</ul></nav></header>'
    )


def _related(sheet: Sheet) -> str:
    links = "".join(f'<li><a href="{escape(url)}">{escape(title)}</a></li>' for url, title in sheet.related)
    return (
        f'<aside class="related sidebar"><h3>{escape(sheet.outlet.word("related"))}</h3>'
        f"<ul>{links}</ul></aside>\n"
        f'<aside class="newsletter"><p>{escape(sheet.outlet.word("letter"))}</p>'
        '<form><input type="email" name="email"><button>OK</button></form></aside>'
    )


def _footer(outlet: Outlet) -> str:
    return (
        f'<footer class="site-footer"><p>&copy; {escape(outlet.title)}. Demo newsroom: every story on these '
        f'pages is invented.</p><ul><li><a href="/{outlet.id}/">Imprint</a></li></ul></footer>'
    )


def front_page(outlet: Outlet, links: Sequence[tuple[str, str]]) -> str:
    """An outlet's front page: teasers of all its stories."""
    teasers = "".join(
        f'<div class="teaser"><h2><a href="{escape(url)}">{escape(title)}</a></h2>'
        f"<p><a href='{escape(url)}'>{escape(outlet.word('read'))}</a></p></div>"
        for url, title in links
    )
    return (
        f'<!DOCTYPE html><html lang="{outlet.language}"><head><meta charset="{outlet.page_charset}">'
        f"<title>{escape(outlet.title)}</title></head><body>{_masthead(outlet)}<main>{teasers}</main>"
        f"{_footer(outlet)}</body></html>"
    )


def not_a_feed(outlet: Outlet) -> str:
    """The page that replaced a feed when its site was relaunched."""
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{escape(outlet.title)}</title></head><body>"
        "<h1>We have moved house</h1><p>Our feeds are taking a rest while the new site settles in. "
        "<a href='/parish-gazette/'>Back to the front page</a>.</p></body></html>"
    )


def entity_bomb() -> str:
    """A feed whose title would expand to gigabytes ("billion laughs")."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "laugh">{levels}]><rss version="2.0"><channel>'
        "<title>&l9;</title><item><title>&l9;</title><link>/</link></item></channel></rss>"
    )
