"""A verdict for people, on a terminal and as a page."""

from __future__ import annotations

from dataclasses import replace

from extractors.model import Match, Part
from flows.explaining import as_html, as_text, what_would_change
from storage.reports import Verdict

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
    stage="judge",
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
    gate = replace(VERDICT, relevant=False, stage="text")
    assert "gate `text`" in what_would_change(gate)


def test_a_rejected_page_without_text_still_shows_its_evidence() -> None:
    lines = [line.plain for line in as_text(replace(VERDICT, text=None))]
    assert any("5G core" in line and "5g-core" in line for line in lines)
