"""Every chart: well-formed and escaped, described for those who do not see it, with all its values in the table."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta

import pytest

from fivegwatch.desk.charts.acts import Act, acts_by_month
from fivegwatch.desk.charts.answer import answer_bars
from fivegwatch.desk.charts.chart import NARROW, WIDE, Chart, nice_ceiling, printable, shortened
from fivegwatch.desk.charts.lags import OutletLag, outlet_lags
from fivegwatch.desk.charts.levels import ALLOWED, EXCLUDED, OPEN, OVER, RESTRICTED, level_of
from fivegwatch.desk.charts.matrix import Standing, vendor_matrix
from fivegwatch.desk.charts.timeline import Report, event_timeline
from fivegwatch.desk.charts.weeks import Week, stories_a_week, topics_a_week
from fivegwatch.desk.charts.worldmap import Mark, world_map
from tests.conftest import ROOT

HOSTILE = "<script>alert(1)</script>\"'&\u202e\x00"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
WEEKS = [
    Week(start=date(2026, 5, 4), judged=1000, stories=10, topics={"T01": 4, "T02": 1}),
    Week(start=date(2026, 5, 11), judged=4000, stories=20, topics={"T01": 8}),
    Week(start=date(2026, 5, 18), judged=0, stories=0, topics={}),
]
STANDINGS = [
    Standing(country="Germany", target="Huawei", action="phase_out", status="decided", scope="core", href="e/1"),
    Standing(country=HOSTILE, target=HOSTILE, action="allow", status="in_force"),
]  # fmt: skip
REPORTS = [
    Report(outlet="second.example", title=HOSTILE, language="de", at=NOON + timedelta(hours=5), copy=True),
    Report(outlet="first.example", title="Ban", language="en", at=NOON, href="s/1"),
    Report(outlet=HOSTILE, title="x", language="fr", at=None),
]
LAGS = [
    OutletLag(outlet="slow.example", events=4, first=0, quarter=10, median=30, three_quarters=900),
    OutletLag(outlet=HOSTILE, events=9, first=7, quarter=0, median=0, three_quarters=2),
]
MARKS = {
    "DE": Mark(name="Germany", level=EXCLUDED, note="phase out, decided", href="c/DE"),
    "SG": Mark(name=HOSTILE, level=ALLOWED, note="allow"),
    "EU": Mark(name="European Union", level=OPEN, note=HOSTILE),
    "ZZ": Mark(name="Nowhere", level=OVER, note="not on the map"),
}
ACTS = [
    Act(name="Germany", day=date(2026, 1, 5), level=OPEN, note="proposes a ban", href="e/1"),
    Act(name="Germany", day=date(2026, 1, 30), level=EXCLUDED, note="decides a ban", href="e/2"),
    Act(name=HOSTILE, day=date(2026, 3, 1), level=ALLOWED, note=HOSTILE),
]
CHARTS = {
    "weeks": stories_a_week(WEEKS),
    "topics": topics_a_week(WEEKS, {"T01": HOSTILE, "T02": "Contracts", "T03": "None"}, {"T01": "t/1"}),
    "matrix": vendor_matrix(STANDINGS),
    "timeline": event_timeline(REPORTS),
    "lags": outlet_lags(LAGS),
    "map": world_map(MARKS),
    "acts": acts_by_month(ACTS, "Which state did what when"),
}
EMPTY = [
    stories_a_week([]), topics_a_week([], {"T01": "x"}, {}), vendor_matrix([]), event_timeline([]), outlet_lags([]),
    world_map({}), acts_by_month([], "x"),
]  # fmt: skip


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_picture_is_well_formed_named_and_runs_nothing(chart: Chart) -> None:
    ids: list[str] = []
    for svg in filter(None, (chart.svg, chart.narrow)):
        root = ET.fromstring(svg)
        names = root.attrib["aria-labelledby"].split()
        texts = {part.get("id"): part.text for part in root if part.get("id")}
        assert [texts[name] for name in names] == [printable(chart.title), printable(chart.summary)]
        assert not re.search(r"<script|\son\w+=|style=|javascript:|\u202e|\x00", svg)
        numbers = re.findall(r"\b(?:x|y|cx|cy|width|height|r)=\"([^\"]*)\"", svg)
        assert numbers and all(float(number) > -1000 for number in numbers)
        ids += texts
    assert len(ids) == len(set(ids)), "two pictures of a page with one id"


def test_more_vendors_than_fit_are_counted_and_the_ten_with_most_countries_are_drawn() -> None:
    many = [
        Standing(country="Germany", target=f"Vendor {n}", action="ban", status="decided") for n in range(12)
    ]
    chart = vendor_matrix(many)
    assert "12 vendors, of which the picture shows the 10" in chart.summary and len(chart.rows) == 12


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_the_table_has_a_row_for_every_value(chart: Chart) -> None:
    assert all(len(row.cells) == len(chart.columns) for row in chart.rows)
    sources = {
        "weeks": WEEKS,
        "topics": "12",
        "matrix": STANDINGS,
        "timeline": REPORTS,
        "lags": LAGS,
        "map": MARKS,
        "acts": ACTS,
    }
    assert len(chart.rows) == len(sources[chart.name])


@pytest.mark.parametrize("chart", EMPTY, ids=[chart.name for chart in EMPTY])
def test_without_values_there_are_words_in_place_of_a_picture(chart: Chart) -> None:
    assert chart.svg == "" and chart.summary.startswith("No ") and chart.columns


def test_a_busier_week_is_not_taken_for_more_attention() -> None:
    """Twice the stories of four times the pages is half the share."""
    assert [row.cells[2:] for row in CHARTS["weeks"].rows] == [(10, 10.0), (20, 5.0), (0, 0.0)]


def test_who_had_it_first_is_said_in_words() -> None:
    summary = CHARTS["timeline"].summary
    assert (
        "first.example was first, at 2026-05-04 12:00 UTC" in summary
        and "second.example followed 5 h later" in summary
    )
    assert [row.cells[2] for row in CHARTS["timeline"].rows] == ["first", "5 h later", ""]


@pytest.mark.parametrize(
    ("action", "status", "level"),
    [
        ("ban", "in_force", EXCLUDED), ("phase_out", "decided", EXCLUDED), ("restrict", "announced", RESTRICTED),
        ("ban", "proposed", OPEN), ("ban", "in_court", OPEN), ("allow", "decided", ALLOWED), ("ban", "lifted", OVER),
        ("allow", "rejected", OVER),
    ],
)  # fmt: skip
def test_a_measure_that_is_not_in_force_is_never_drawn_as_if_it_were(
    action: str, status: str, level: object
) -> None:
    assert level_of(action, status) is level


def test_a_country_is_linked_on_the_map_and_one_that_it_lacks_is_in_the_table() -> None:
    chart = CHARTS["map"]
    assert '<a href="c/DE"><path' in chart.svg and "<circle" in chart.svg and ">EU</text>" in chart.svg
    assert "Nowhere" not in re.sub(r"<desc.*?</desc>", "", chart.svg) and any(
        row.cells[0] == "Nowhere" for row in chart.rows
    )


def test_wide_letters_count_twice_and_a_scale_ends_on_a_round_number() -> None:
    assert shortened("日本経済新聞", 6) == "日本経…" and shortened("abc", 3) == "abc"
    assert [nice_ceiling(value) for value in (0, 0.3, 1, 7, 11, 450)] == [1, 0.5, 1, 10, 20, 500]


def test_an_answer_is_bars_when_its_rows_have_names_and_a_number() -> None:
    rows = [(date(2026, 5, 1), "<b>", 3, 1.5), (date(2026, 6, 1), "b", 12, 0.5)]
    chart = answer_bars("How many?", ("period", "what", "stories", "mean"), rows)
    assert chart and [row.cells for row in chart.rows] == [("2026-05-01", 3), ("2026-06-01", 12)]
    assert chart.svg.count("<rect") == 2 and "Most stories: 2026-06-01" in chart.summary
    twice = answer_bars(
        "Who?", ("country", "vendor", "n"), [("DE", "<b>", 1), ("DE", "ZTE", 2), ("FR", "ZTE", 2)]
    )
    assert twice and twice.rows[0].cells[0] == "DE, <b>" and "<b>" not in twice.svg
    assert answer_bars("Which?", ("title", "url"), [("a", "b"), ("c", "d")]) is None
    assert answer_bars("Which?", ("title", "n"), [("a", 1), ("a", 2)]) is None


def test_the_pages_style_sheet_gives_no_size_to_parts_of_pictures() -> None:
    sheet = (ROOT / "desk" / "assets" / "desk.css").read_text(encoding="utf-8")
    drawn = {
        "bar",
        "dot",
        "grid",
        "span",
        "land",
        "level",
        "note",
        "head",
        "union",
        "on-level",
        "first",
        "copy",
    }
    bare = {name for line in sheet.splitlines() for name in re.findall(r"^\.([\w-]+)(?=[ ,{])", line)}
    assert bare & drawn == set()


def test_a_month_with_a_plan_and_a_decision_is_drawn_as_the_decision_and_leads_to_it() -> None:
    svg = CHARTS["acts"].svg
    assert re.findall(r'class="level (\w+)"', svg) == ["excluded", "allowed"]
    assert re.findall(r'<a href="(e/\d)">', svg) == ["e/2"]
    assert "decides a ban; 1 more by 30 Jan 2026" in svg
    assert any("proposes a ban" in row.cells for row in CHARTS["acts"].rows), "the table has both"


@pytest.mark.parametrize(("years", "most"), [(1, 24), (8, 40), (60, 40)])
def test_a_long_history_is_drawn_in_longer_periods_that_fit(years: int, most: int) -> None:
    acts = [
        Act(name=f"State {at % 3}", day=date(2026 - years * at // 60, 1 + at % 12, 1), level=OPEN, note="x")
        for at in range(60)
    ]
    for svg, width in zip(
        (acts_by_month(acts, "x").svg, acts_by_month(acts, "x").narrow),
        (WIDE.width, NARROW.width),
        strict=True,
    ):
        edges = [float(x) for x in re.findall(r'<rect x="([\d.]+)"', svg)]
        assert edges and max(edges) + 20 <= width and len(set(edges)) <= most
