"""A verdict for people, on a terminal and as a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

from fivegwatch.extractors.model import Match, Part
from fivegwatch.extractors.tuning.what_if import WhatIf
from fivegwatch.flows.explain.as_html import as_html
from fivegwatch.flows.explain.as_text import Background, as_text, what_would_change
from fivegwatch.storage.read.reports import Verdict

TEXT = 'The regulator told <b>Acme</b> & Co to remove Huawei from the 5G core. "No comment."'
VERDICT = Verdict(
    url="https://a.example/x",
    title="Huawei out of the core",
    text=TEXT,
    relevant=True,
    near_miss=False,
    score=1.5,
    threshold=1.0,
    reason="Huawei + 5G core + removal",
    topics=("T01",),
    matches=(
        Match(rule="huawei", facet="vendor", field="title", start=0, end=6, quote="Huawei"),
        Match(
            rule="5g-core",
            facet="network",
            field="text",
            start=TEXT.index("5G"),
            end=TEXT.index("5G") + 7,
            quote="5G core",
        ),
    ),
    parts=(
        Part(name="base", value=-1.0),
        Part(name="title: vendor", value=2.7),
        Part(name="text: phone", value=-0.2),
    ),
    entities=("Huawei", "Huawei"),
    rules_fingerprint="f" * 64,
    history=(),
)


def test_the_terminal_shows_verdict_evidence_and_a_score_that_adds_up() -> None:
    lines = [line.plain for line in as_text(VERDICT)]
    assert lines[0].startswith("KEPT")
    assert any("5G core" in line for line in lines)
    numbers = [float(line.split()[0]) for line in lines if line.strip()[:1] in ("+", "-")]
    assert abs(sum(numbers[:-1]) - numbers[-1]) < 0.02


def test_the_page_marks_the_evidence_and_escapes_everything_else() -> None:
    page = as_html(VERDICT)
    assert '<mark title="5g-core">5G core</mark>' in page
    assert "<b>Acme</b>" not in page and "&lt;b&gt;Acme&lt;/b&gt; &amp; Co" in page


def test_what_would_have_changed_names_the_part_that_decides() -> None:
    assert "'title: vendor'" in what_would_change(VERDICT)
    short = replace(VERDICT, relevant=False, score=0.9)
    assert "'text: phone'" in what_would_change(short)


def test_topics_have_their_signs_and_rules_against_it_their_label() -> None:
    verdict = replace(
        VERDICT,
        topic_reasons=(("T01", "title: vendor, act: ban"),),
        parts=(*VERDICT.parts, Part(name="text: against, criminals_tried", value=-0.6)),
    )
    background = Background(labels={"criminals_tried": "criminals before a court"})
    lines = [line.plain for line in as_text(verdict, background)]
    assert "  T01: title: vendor, act: ban" in lines
    assert any(line.endswith("text: speaks against it: criminals before a court") for line in lines)
    assert "criminals_tried" not in as_html(verdict, background)


def test_a_rejected_page_without_text_still_shows_its_evidence() -> None:
    lines = [line.plain for line in as_text(replace(VERDICT, text=None))]
    assert any("5G core" in line and "5g-core" in line for line in lines)


KNOWN = Background(
    roles={"vendor": "subject", "network": "subject", "phone": "negative"},
    what_ifs=(
        WhatIf(facet="vendor", label="<vendor>", change="removed", example='"Huawei"', score=-1.2),
        WhatIf(facet="vendor", label="<vendor>", change="removed", example="twice", score=-1.2),
    ),
)
HISTORY = tuple(
    {
        "valid_from": datetime(2026, 5, day, tzinfo=UTC),
        "verdict": word,
        "score": 0.1 * day,
        "rules_fingerprint": "abc" * 9,
    }
    for day, word in ((1, "near_miss"), (2, "kept"))
)


def test_the_legs_a_story_stands_on_and_its_former_verdicts_are_told_once_each() -> None:
    lines = [line.plain for line in as_text(replace(VERDICT, history=HISTORY), KNOWN)]
    assert [line for line in lines if "without its words" in line] == [
        '  without its words of <vendor> ("Huawei"): -1.20, rejected'
    ]
    assert [line.split(",")[0].strip() for line in lines if "rules abc" in line] == [
        "2026-05-01 00:00 near miss (0.10)",
        "2026-05-02 00:00 kept (0.20)",
    ]


def test_marked_words_are_coloured_by_their_role_on_the_terminal_and_on_the_page() -> None:
    title = next(line for line in as_text(VERDICT, KNOWN) if line.plain == VERDICT.title)
    assert any("cyan" in str(span.style) for span in title.spans)
    assert '<mark title="huawei" class="subject">Huawei</mark>' in as_html(VERDICT, KNOWN)


def test_the_page_is_one_file_that_runs_and_fetches_nothing() -> None:
    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[tuple[str, dict[str, str | None]]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.seen.append((tag, dict(attrs)))

    parser = Tags()
    parser.feed(as_html(replace(VERDICT, title="<script>x</script>", history=HISTORY), KNOWN))
    assert not {"script", "img", "link", "iframe", "b"} & {tag for tag, _ in parser.seen}
    assert not any(
        name in ("src", "href") or name.startswith("on") for _, attrs in parser.seen for name in attrs
    )
