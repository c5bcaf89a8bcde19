"""The brief of a week, on the desk's small corpus: a ban told by three outlets; later an attack, a hostile page."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from fivegwatch.desk.brief.as_docx import brief_docx
from fivegwatch.desk.brief.as_html import brief_html
from fivegwatch.desk.brief.as_markdown import brief_markdown
from fivegwatch.desk.brief.as_text import brief_text
from fivegwatch.desk.brief.periods import days_between, week_of
from fivegwatch.desk.brief.sentences import FEW, change_links, days, opening
from fivegwatch.desk.reads.week import BanChange, SilentFeed, Week, read_week
from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.brief import _write
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.corpus import Corpus
from tests.desk.corpora import HOSTILE
from tests.flows.alerts.receivers import hook_server, mail_server
from tests.flows.cli_runner import fivegwatch
from tests.storage.builders import at

TODAY = at(0).date()


@pytest.fixture(scope="module")
def week(corpus: Corpus) -> Week:
    """The week of the ban."""
    year, number, _ = TODAY.isocalendar()
    return read_week(corpus, week_of(f"{year}-W{number:02}", TODAY))


@pytest.fixture(scope="module")
def later(corpus: Corpus) -> Week:
    """The days of the attack and the hostile page."""
    return read_week(corpus, days_between(str(at(39 * 1440).date()), str(at(42 * 1440).date())))


class Document(HTMLParser):
    """The tags, attributes and words of an HTML document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All words."""
        return "".join(self.words)


def test_each_event_is_one_line_with_its_facts_in_english_and_its_outlets(week: Week) -> None:
    text = brief_markdown(week)
    lines = [line for line in text.splitlines() if "Germany bans Huawei](" in line]
    assert len(lines) == 1
    for outlet in ("first.example", "second.example", "le.example"):
        assert f"https://{outlet}/" in lines[0]
    assert (
        week.numbers.stories == 3
        and week.events == 1
        and "3 stories by 3 outlets in 2 languages" in opening(week)
    )
    assert "## Germany" in text and "### " not in text, "one event needs no headings of topics"
    assert "Most widely reported, by 3 outlets: Germany decides to ban Huawei" in opening(week)
    many = replace(week.countries[0], topics=week.countries[0].topics * (FEW + 1))
    assert "### " in brief_markdown(replace(week, countries=(many,)))


def test_a_change_in_the_tracker_leads_to_its_evidence_and_says_that_it_is_new(week: Week) -> None:
    (change,) = {(c.act.by, c.act.target) for c in week.changes}
    assert change == ("DE", "Huawei")
    text = brief_html(week)
    part = text.split("What changed in the trackers")[1].split("</ul>")[0]
    assert 'href="https://' in part and "New in the tracker." in part and "Germany" in part


def test_hostile_titles_stay_text_and_nothing_is_loaded(later: Week) -> None:
    document = Document(brief_html(later))
    assert not {"script", "img", "link", "style", "iframe", "form"} & set(document.tags)
    assert "<script>alert(1)</script>" in "".join(document.words) and "\u202e" not in "".join(document.words)
    assert not [name for name, _ in document.attributes if name.startswith("on") or name == "src"]
    assert all(re.match(r"https?://", value or "") for name, value in document.attributes if name == "href")
    assert "url(" not in brief_html(later)
    assert "<script>" not in brief_markdown(later).replace("\\<script\\>", "")
    assert "Salt Typhoon" in brief_text(later) and HOSTILE.split("<")[0] in brief_text(later)


def test_the_word_document_holds_the_same_events_with_links(week: Week, later: Week) -> None:
    from docx import Document as Word

    word = Word(io.BytesIO(brief_docx(later)))
    words = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "Salt Typhoon inside Acme Telecom" in words and "<script>alert(1)</script>" in words
    with zipfile.ZipFile(io.BytesIO(brief_docx(week))) as file:
        assert "https://first.example/ban" in file.read("word/_rels/document.xml.rels").decode()


def test_an_empty_week_says_so_in_every_format(corpus: Corpus) -> None:
    empty = read_week(corpus, week_of("1999-W01", TODAY))
    assert "No story was kept." in brief_html(empty) and "No story was kept" in brief_markdown(empty)
    assert "No story was kept." in brief_text(empty) and brief_docx(empty)[:2] == b"PK"


def test_weeks_and_days_are_read_as_people_write_them() -> None:
    last = week_of("", date(2026, 11, 29))
    assert (last.first, last.last, last.name) == (date(2026, 11, 16), date(2026, 11, 22), "2026-W47")
    assert days(week_of("2026w53", TODAY)) == "week 53, 28 December 2026 to 3 January 2027"
    assert days(days_between("2026-11-30", "2026-11-30")) == "30 November 2026"
    for wrong in ("2026-W54", "week 3", "2026-13"):
        with pytest.raises(SettingsError, match="2026-W48"):
            week_of(wrong, TODAY)
    for first, until in (("2026-11-02", "2026-11-01"), ("2024-01-01", "2026-01-01"), ("", "2026-01-01")):
        with pytest.raises(SettingsError):
            days_between(first, until)


def test_the_command_writes_prints_and_refuses(
    desk_layout: Layout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("brief")
    day = str(TODAY)
    made = fivegwatch(
        "brief", "--db", desk_layout.link, "--from", day, "--to", day, "--format", "docx", "--output", "week.docx",
        cwd=folder,
    )  # fmt: skip
    assert made.code == 0 and (folder / "week.docx").read_bytes()[:2] == b"PK", made.err
    printed = fivegwatch("brief", "--db", desk_layout.link, "--from", day, "--to", day, cwd=folder)
    assert printed.code == 0 and "Germany bans Huawei" in printed.out
    for wrong in (["--format", "docx"], ["--week", "soon"], ["--send", "nobody"]):
        ran = fivegwatch("brief", "--db", desk_layout.link, *wrong, cwd=folder)
        assert ran.code == 2 and ran.err, wrong


def test_the_flow_writes_the_file_and_sends_the_text_to_channels(
    desk_layout: Layout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sent")
    year, number, _ = TODAY.isocalendar()
    with hook_server() as (address, hook):
        toml = f'database = "{desk_layout.link}"\n[alerts.channels.desk]\nurl = "json://{address}/x"\n'
        (folder / "fivegwatch.toml").write_text(toml)
        settings = load_settings({}, folder)
        path, sent = _write(settings, f"{year}-W{number:02}", folder / "briefs", "html", ["desk"])
        assert path.name == f"brief-{year}-W{number:02}.html" and sent == ["sent to desk"]
        (message,) = hook.posted
        assert f"week {number}" in message["title"] and "Germany bans Huawei" in message["message"]
        with pytest.raises(SettingsError, match="Channels: desk"):
            _write(settings, "last", folder / "briefs", "text", ["nobody"])


def test_mail_gets_the_brief_as_html_with_its_words_as_text(
    desk_layout: Layout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mailed")
    with mail_server() as (address, mails):
        toml = f'database = "{desk_layout.link}"\n[alerts.channels.desk]\nurl = "{address}"\n'
        (folder / "fivegwatch.toml").write_text(toml)
        day = str(TODAY)
        ran = fivegwatch("brief", "--from", day, "--to", day, "--send", "desk", cwd=folder)
        assert ran.code == 0 and ran.out == "sent to desk\n", ran.err
    (mail,) = mails
    parts = {
        part.get_content_type(): part.get_payload(decode=True).decode()
        for part in mail.walk()
        if not part.is_multipart()
    }
    assert "Germany bans Huawei" in parts["text/plain"] and "<" not in parts["text/plain"]
    html = Document(parts["text/html"])
    assert "Germany bans Huawei" in html.words and ("href", "https://first.example/ban") in html.attributes
    assert "What the press reported" in str(mail["Subject"]) or "=?" in str(mail["Subject"])


def test_sources_in_trouble_are_named_and_quiet_ones_counted(week: Week) -> None:
    silent = SilentFeed(title="Heise <b>", status="failing", problem="404 since\n3 May")
    troubled = replace(week, silent=(silent,), quiet=2)
    for text in (brief_markdown(troubled), Document(brief_html(troubled)).text, brief_text(troubled)):
        assert "failing, 404 since 3 May" in text and "2 further sources announced nothing new" in text
    assert "<b>" not in brief_html(troubled).split("Silent sources")[1].split("</ul>")[0]


def test_acts_alike_are_one_line_and_what_was_known_is_no_change(week: Week) -> None:
    act = week.changes[0].act
    acts = [replace(act, target=name) for name in ("Huawei", "ZTE", "Dahua")]
    known = replace(act, target="Hytera")
    changes = (*(BanChange(act=one, before=None) for one in acts), BanChange(act=known, before=known))
    (line,) = change_links(replace(week, changes=changes))
    assert "ban Huawei, ZTE and Dahua in 5G networks" in line.text and line.text.endswith(
        "New in the tracker."
    )
    planned = BanChange(act=act, before=replace(act, status="proposed"))
    (line,) = change_links(replace(week, changes=(planned,)))
    assert line.text.endswith("Until now: ban, proposed.")
