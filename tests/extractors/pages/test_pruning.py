"""Pruning removes hidden boxes and links to other stories; a story that a script will show stays, with its headings."""

from __future__ import annotations

from time import process_time

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.pages.pruning import prune
from fivegwatch.extractors.pages.tree import read_page
from tests.extractors.articles.test_article import make_page
from tests.extractors.articles.test_edges import LONG

FERRY = "The ferry to the islands will run twice a day from May, the harbour master said on Monday morning. "
SPIES = "Spies tapped the core of an operator through a backdoor in the base stations, prosecutors said. "
STUFFED = f"<p>{SPIES}</p>" * 5
STYLES = (
    "font-size:0", "FONT-SIZE: 0px", "opacity: 0", "opacity:0.0 ;color:red", "text-indent:-9999px",
    "position:absolute; left:-5000px",
    "clip: rect(0 0 0 0)", "clip-path:inset(50%)", "transform: translate(1px) scale(0)", "color:transparent",
    "color:#fff;background:#FFFFFF", "background-color: white; color: #fff", "display:none", "max-height:0",
)  # fmt: skip
BOXES = (
    "<div hidden>@</div>", "<div class='box hidden'>@</div>", "<div class=d-none>@</div>", "<template>@</template>",
    "<noframes>@</noframes>", "<div popover>@</div>", *(f'<div style="{style}">@</div>' for style in STYLES),
)  # fmt: skip
SEEN = (
    "<div style='opacity:0.5'>@</div>", "<div style='font-size:0.9em'>@</div>", "<div style='left:-5px'>@</div>",
    "<div style='color:#fff;background:#000'>@</div>", "<div class='d-none d-md-block'>@</div>",
    "<div class='hidden lg:block'>@</div>", "<div class=hidden-gem>@</div>", "<details open>@</details>",
    "<div style='transform:scale(0.9)'>@</div>", "<div style='max-height:0.5em'>@</div>",
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "kept"),
    [("/story/1?utm_source=x#top", True), ("https://a.example/story/1/", True), ("/story/2", False)],
)
def test_a_heading_that_links_to_its_own_page_is_kept(address: str, kept: bool) -> None:
    heading = f"<h2><a href='{address}'>What the engineers found in the exchange</a></h2>"
    body = f"<article><h1>Masts fall silent</h1><p>{LONG * 3}</p>{heading}<p>{LONG * 3}</p></article>"
    text = extract_article(make_page(f"<html><body>{body}</body></html>")).text
    assert ("What the engineers found" in text) == kept


def test_a_control_character_behind_a_hidden_box_does_not_end_the_reading() -> None:
    body = f"<p>Before <i>a</i> &#x2;b <span hidden>unseen</span> &#x2; after</p><p>{LONG * 3}</p>"
    assert "b after" in extract_article(make_page(f"<html><body>{body}</body></html>")).text


def test_a_table_that_lays_out_the_page_is_read_as_boxes_and_a_table_of_data_as_rows() -> None:
    menu = "<td><a href='/a'>News</a><br><a href='/b'>Jobs</a></td>"
    story = "<br><br>".join(f"{LONG} Number {number} of the masts fell silent." for number in range(8))
    layout = f"<table><tr>{menu}<td>{story}</td></tr></table>"
    data = "<table><tr><td>Operator</td><td>Masts</td></tr><tr><td>Northline</td><td>3412</td></tr></table>"
    text = extract_article(make_page(f"<html><body>{layout}</body></html>")).text
    assert text.split("\n") == [f"{LONG} Number {number} of the masts fell silent." for number in range(8)]
    assert (
        "Northline | 3412"
        in extract_article(make_page(f"<html><body><p>{LONG * 9}</p>{data}</body></html>")).text
    )


def text_of(body: str) -> str:
    title = "Ferry to the islands"
    page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
    return extract_article(make_page(page)).text


@pytest.mark.parametrize("box", BOXES)
def test_a_hidden_box_is_no_part_of_the_visible_story(box: str) -> None:
    assert "backdoor" not in text_of(f"<p>{FERRY}</p>" * 9 + box.replace("@", STUFFED))


@pytest.mark.parametrize("box", SEEN)
def test_a_visible_box_is_kept(box: str) -> None:
    assert "backdoor" in text_of(f"<p>{FERRY}</p>" * 9 + box.replace("@", STUFFED))


@pytest.mark.parametrize("style", ["opacity:0", "display:none", "max-height:0"])
def test_a_story_that_a_script_will_show_is_kept(style: str) -> None:
    faded = f'<div style="{style}">{STUFFED}</div>'
    assert "backdoor" in text_of(f"<p>{FERRY}</p>{faded}")
    one_by_one = "".join(f'<p style="{style}">{SPIES}</p>' for _ in range(6))
    assert style == "display:none" or "backdoor" in text_of(one_by_one)


@pytest.mark.parametrize(
    "pointer",
    [
        "<p>Funda futhi: <a href='/2'>Imishini yezimfono icishwe edolobheni</a></p>",
        "<p>Sjá einnig | <a href='/2'>Möstrin þögnuðu í þremur bæjum</a></p>",
        "<p>Northline Post <a href='/2'>Masts in three towns fell silent at noon</a></p>",
        "<p>ਇਹ ਵੀ ਪੜ੍ਹੋ:</p><ul><li><a href='/2'>Masts in three towns</a></li></ul>",
        "<div><h3>Sjá einnig</h3><ul><li><a href='/2'>Masts</a></li><li><a href='/3'>Cables</a></li></ul></div>",
        "<div><h3>Sjá einnig</h3><a href='/2'><h4>Masts fell silent</h4><p>Nobody knows why.</p></a></div>",
    ],
)
def test_a_pointer_to_another_story_is_removed_with_its_label_in_any_language(pointer: str) -> None:
    body = f"<article><h1>Cables cut</h1><p>{LONG}</p><p>{LONG * 2}</p>{pointer}<p>{LONG * 3}</p></article>"
    text = extract_article(make_page(f"<html><body>{body}</body></html>")).text
    assert text.split("\n") == [LONG, LONG * 2, LONG * 3]


@pytest.mark.parametrize(
    ("block", "kept"),
    [
        ("<p>She wrote on <a href='/x'>the ministry's own page on Monday</a> of cuts.</p>", "of cuts."),
        ("<p>She named one source: <a href='/x'>the log</a>.</p>", "one source"),
        (
            "<h3>What it says</h3><p>See: <a href='/2'>Masts in towns fell silent</a></p><p>Three.</p>",
            "What it",
        ),
    ],
)
def test_a_paragraph_with_a_link_and_a_heading_above_a_pointer_are_kept(block: str, kept: str) -> None:
    tree = read_page(make_page(f"<html><body><p>{LONG}</p>{block}<p>{LONG}</p></body></html>"))
    prune(tree, "https://a.example/1")
    assert kept in tree.text_content()


def test_many_pointers_beside_a_long_text_cost_a_second_at_most() -> None:
    pointers = "<p>See also: <a href='/2'>Masts in three towns fell silent</a></p><i></i>" * 8_000
    page = make_page(f"<html><body><div>{f'<b>{LONG}</b> ' * 4_000}</div>{pointers}</body></html>")
    started = process_time()
    prune(read_page(page), page.final_url)
    assert process_time() - started < 2
