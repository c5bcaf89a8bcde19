"""The command line: a clear message and a meaning exit code for everything that can be wrong; nothing lost."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fivegwatch.flows.cli.main import COMMANDS, build_parser
from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from tests.flows.cli_runner import fivegwatch

pytestmark = pytest.mark.slow

GOOD_FEED = '[{id}]\nurl = "{url}"\ntitle = "A feed"\nlanguage = "en"\non = true\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    made = fivegwatch("init", folder, "--contact", "desk@example.org", cwd=folder)
    assert made.code == 0, made.err
    return folder


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(slow_s=0.2) as room:
        yield room


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, newsroom: Newsroom) -> Path:
    """A corpus after one run over the newsroom."""
    folder = tmp_path_factory.mktemp("corpus")
    feeds = folder / "feeds.toml"
    feeds.write_text(subscriptions(newsroom.url), encoding="utf-8")
    ran = fivegwatch("ingest", "--feeds", feeds, "--db", folder / "news.duckdb", "--new", "--allow-address",
                     f"127.0.0.1:{newsroom.port}", "--json", cwd=folder)  # fmt: skip
    assert ran.code == 0, ran.err
    counts = json.loads(ran.out)
    assert counts["pages_kept"] > 5 and counts["feeds_failed"] > 0
    return folder / "news.duckdb"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(command: str, tmp_path: Path) -> None:
    ran = fivegwatch(command, "--help", cwd=tmp_path)
    assert ran.code == 0
    assert f"fivegwatch {command}" in ran.out.split("example", 1)[1]


def test_init_makes_a_directory_that_works_and_leaves_what_is_there(home: Path) -> None:
    (home / "watchlist" / "feeds.toml").write_text("# mine\n", encoding="utf-8")
    again = fivegwatch("init", home, cwd=home)
    assert again.code == 0 and "left as they are" in again.out
    assert (home / "watchlist" / "feeds.toml").read_text() == "# mine\n"
    assert fivegwatch("sql", "select count(*) as n from stories", "--json", cwd=home).out == '{"n": 0}\n'


def test_a_directory_that_is_not_ours_is_said_with_the_remedy(tmp_path: Path) -> None:
    ran = fivegwatch("ingest", cwd=tmp_path)
    assert ran.code == 2 and "fivegwatch init" in ran.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a\n", "feeds.toml:1"),
        ('[a]\nurl = "http://a.example/"\ncolour = 1\n', "colour"),
        ('[a]\ntitle = "x"\n', "url"),
        ('[a]\nurl = "file:///etc/passwd"\n', "file:///etc/passwd"),
    ],
)
def test_a_wrong_feeds_file_is_refused_with_file_line_and_remedy(
    tmp_path: Path, text: str, words: str
) -> None:
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(text, encoding="utf-8")
    ran = fivegwatch("ingest", "--feeds", feeds, "--db", tmp_path / "x.duckdb", "--new", cwd=tmp_path)
    assert ran.code == 2 and str(feeds) in ran.err and words in ran.err


def test_a_missing_feeds_file_and_a_wrong_address_are_named(tmp_path: Path) -> None:
    ran = fivegwatch("ingest", "--feeds", "absent.toml", "--db", "x.duckdb", "--new", cwd=tmp_path)
    assert ran.code == 2 and "absent.toml" in ran.err
    ran = fivegwatch("ingest", "--db", "x.duckdb", "--allow-address", "here", cwd=tmp_path)
    assert ran.code == 2 and "HOST:PORT" in ran.err


def test_without_any_network_a_run_ends_well_and_says_what_failed(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        feeds = tmp_path / "feeds.toml"
        names = (
            GOOD_FEED.format(id="dead", url=f"http://127.0.0.1:{port}/f"),
            GOOD_FEED.format(id="nowhere", url="http://no-such-host.invalid/f"),
        )
        feeds.write_text("".join(names), encoding="utf-8")
        ran = fivegwatch("ingest", "--feeds", feeds, "--db", "x.duckdb", "--new", "--quiet",
                         "--allow-address", f"127.0.0.1:{port}", cwd=tmp_path)  # fmt: skip
    assert ran.code == 0 and ran.out.startswith("2 feeds: 2 failed")
    rows = fivegwatch(
        "sql", "--db", "x.duckdb", "--json", "select distinct kind from failures order by 1", cwd=tmp_path
    )
    assert {json.loads(line)["kind"] for line in rows.out.splitlines()} <= {"connect", "dns"}


def test_a_loopback_address_nobody_allowed_is_refused_and_recorded(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(
        GOOD_FEED.format(id="inside", url=f"http://localhost:{newsroom.port}/x"), encoding="utf-8"
    )
    before = len(newsroom.requests)
    ran = fivegwatch("ingest", "--feeds", feeds, "--db", "x.duckdb", "--new", "--json", cwd=tmp_path)
    assert ran.code in (0, 2)
    assert len(newsroom.requests) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    ran = fivegwatch("init", closed, cwd=tmp_path)
    assert ran.code in (1, 2) and str(closed) in ran.err


def test_a_database_path_below_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ran = fivegwatch("ingest", "--db", tmp_path / "file" / "x.duckdb", "--new", cwd=tmp_path)
    assert ran.code == 1 and str(tmp_path / "file") in ran.err


def test_a_store_held_by_another_program_is_said_and_nothing_is_lost(corpus: Path, tmp_path: Path) -> None:
    store = corpus.with_name(corpus.name + ".d") / "store" / "corpus.duckdb"
    hold = (
        f"import duckdb, sys; c = duckdb.connect({str(store)!r}); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        assert (
            fivegwatch("sql", "--db", corpus, "select 1 as one", "--json", cwd=tmp_path).out == '{"one": 1}\n'
        )
        holder.communicate(timeout=600)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("selec 1", "syntax"),
        ("select * from no_such_view", "no_such_view"),
        ("create table t (x int)", "read-only"),
        ("select * from read_text('/etc/passwd')", "disabled"),
        ("copy (select 1) to 'out.csv'", ""),
        ("attach 'other.duckdb'", ""),
    ],
)
def test_a_refused_query_is_said_in_one_breath(corpus: Path, tmp_path: Path, query: str, words: str) -> None:
    ran = fivegwatch("sql", "--db", corpus, query, cwd=tmp_path)
    assert ran.code == 1 and words.lower() in ran.err.lower()
    assert not list(tmp_path.iterdir())


def test_a_query_prints_a_table_json_or_csv(corpus: Path, tmp_path: Path) -> None:
    assert "stories" in fivegwatch("sql", "--db", corpus, cwd=tmp_path).out
    table = fivegwatch("sql", "--db", corpus, "select 'a' as x union all select 'b' order by 1", cwd=tmp_path)
    assert "2 rows" in table.out
    sheet = fivegwatch("sql", "--db", corpus, "--csv", "select '=1+1' as formula", cwd=tmp_path)
    assert sheet.out.splitlines() == ["formula", "'=1+1"]


def test_a_pipe_that_closes_early_is_no_error(corpus: Path) -> None:
    command = f"{sys.executable} -m fivegwatch.flows.cli.start sql --db {corpus} --csv 'from range(200000)' | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=600
    )
    assert done.stdout == "range\n" and done.stderr == ""


def test_status_and_explain_speak_of_the_corpus(corpus: Path, tmp_path: Path) -> None:
    status = fivegwatch("status", "--db", corpus, cwd=tmp_path)
    assert status.code == 0 and "feeds" in status.out and "failed" in status.out
    rows = fivegwatch("sql", "--db", corpus, "--json", "select url from stories limit 1", cwd=tmp_path)
    url = json.loads(rows.out)["url"]
    kept = fivegwatch("explain", "--db", corpus, url, cwd=tmp_path)
    assert kept.code == 0 and "KEPT" in kept.out
    unknown = fivegwatch("explain", "--db", corpus, "https://nowhere.example/x", cwd=tmp_path)
    assert unknown.code == 1 and "nowhere.example" in unknown.err


def test_a_second_run_at_the_same_time_is_refused(corpus: Path, tmp_path: Path) -> None:
    lock = corpus.with_name(corpus.name + ".d") / "run.lock"
    hold = (
        f"import fcntl, sys; f = open({str(lock)!r}, 'a'); fcntl.flock(f, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        ran = fivegwatch("ingest", "--db", corpus, cwd=tmp_path)
        holder.communicate(timeout=600)
    assert ran.code == 3 and "already" in ran.err


def test_judge_keeps_the_order_and_its_offsets_index_the_text_as_given(tmp_path: Path) -> None:
    texts = [
        {"id": "1", "title": "Regulator bans Huawei from 5G core networks",
         "text": "The ban cites security of the 5G network."},
        {"id": "2", "title": "Fünf Gramm Zucker", "text": "Man nehme 5 g Zucker und 5 g Salz."},
    ]  # fmt: skip
    ran = fivegwatch("judge", cwd=tmp_path, stdin="\n".join(map(json.dumps, texts)))
    assert ran.code == 0, ran.err
    verdicts = [json.loads(line) for line in ran.out.splitlines()]
    assert [(verdict["id"], verdict["relevant"]) for verdict in verdicts] == [("1", True), ("2", False)]
    for text, verdict in zip(texts, verdicts, strict=True):
        assert set(verdict) == {"id", "relevant", "score", "reason", "topics", "matches"}
        for match in verdict["matches"]:
            assert text[match["field"]][match["start"] : match["end"]] == match["quote"]


@pytest.mark.parametrize(
    ("line", "words"),
    [("{", "-:1: not JSON"), ("[]", "-:1"), ('{"id": "1", "title": 5}', "'title' must be a text")],
)
def test_judge_names_the_line_that_is_wrong(tmp_path: Path, line: str, words: str) -> None:
    ran = fivegwatch("judge", cwd=tmp_path, stdin=line)
    assert ran.code == 1 and words in json.loads(ran.out)["error"]


def test_extract_reads_files_folders_and_gzip_and_says_what_held_no_article(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    import gzip

    url, story = next((u, s) for u, s in newsroom.stories().items() if s.language == "en")
    document = newsroom.document(url.removeprefix(newsroom.url))
    assert document is not None
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.html.gz").write_bytes(gzip.compress(document.body))
    (pages / "b.html").write_text("<html><body></body></html>")
    (tmp_path / "m.tsv").write_text(f"file\turl\nhtml/a.html.gz\t{url}\n", encoding="utf-8")
    ran = fivegwatch("extract", pages, "--url-from", tmp_path / "m.tsv", cwd=tmp_path)
    first, second = map(json.loads, ran.out.splitlines())
    assert ran.code == 1 and "error" in second
    assert first["title"] == story.title and first["url"] == url and first["language"] == "en"
    assert set(first) == {
        "file", "url", "canonical_url", "title", "authors", "published_at", "language", "site", "text", "quality"
    }  # fmt: skip


def test_what_standard_output_cannot_write_costs_no_other_file_its_line(tmp_path: Path) -> None:
    """A file name that is no UTF-8 comes from Python as half surrogate pairs; so may what a page holds."""
    odd = os.fsdecode(b"\xff.html")
    try:
        (tmp_path / odd).write_text("<html><body></body></html>")
    except OSError:
        pytest.skip("this file system takes no such name")
    (tmp_path / "good.html").write_text(f"<html><body><p>{'The ferry ran again. ' * 20}</p></body></html>")
    ran = fivegwatch("extract", odd, "good.html", cwd=tmp_path)
    first, second = map(json.loads, ran.out.splitlines())
    assert first["file"] == odd and "ferry" in second["text"]


def test_feeds_are_listed_with_their_state_and_checked(
    corpus: Path, tmp_path: Path, newsroom: Newsroom
) -> None:
    feeds = corpus.with_name("feeds.toml")
    listed = fivegwatch("feeds", "list", "--feeds", feeds, "--db", corpus, "--json", cwd=tmp_path)
    states = {row["id"]: row["state"] for row in map(json.loads, listed.out.splitlines())}
    assert "ok" in states.values() and any(state.startswith("failing") for state in states.values())
    assert fivegwatch("feeds", "check", "--offline", "--db", corpus, cwd=tmp_path).code == 0
    healthy = next(name for name, state in states.items() if state == "ok")
    checked = fivegwatch("feeds", "check", healthy, "--feeds", feeds, "--db", corpus, "--json", "--allow-address",
                         f"127.0.0.1:{newsroom.port}", cwd=tmp_path)  # fmt: skip
    assert checked.code == 0 and json.loads(checked.out)["entries"] > 0


@pytest.mark.parametrize("command", [("sql", "select 1"), ("status",), ("feeds", "list", "--on")])
def test_commands_that_only_read_do_not_import_prefect(corpus: Path, command: tuple[str, ...]) -> None:
    """Prefect alone takes two seconds to import; these must start in half a second."""
    script = (
        "import sys; from fivegwatch.flows.cli.main import main; code = main(sys.argv[1:]); "
        "bad = {'prefect', 'pyarrow', 'trafilatura', 'hyperscan'} & set(sys.modules); "
        "sys.exit(f'{code} {bad}' if code or bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command, "--db", str(corpus)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr


def test_a_correction_changes_what_is_asked_and_is_exported_with_its_reason(
    corpus: Path, tmp_path: Path
) -> None:
    def ask(query: str) -> str:
        return fivegwatch("sql", "--csv", "--db", corpus, query, cwd=tmp_path).out.split("\n")[1].strip()

    story = ask("select id from stories where not list_contains(topics, 'T16') order by id")
    done = fivegwatch("correct", story, "--topic", "+T16", "--reason", "satellites", "--by", "ana", "--db", corpus,
                      cwd=tmp_path)  # fmt: skip
    assert done.code == 0 and "1 correction of" in done.out, done.err
    assert ask(f"select list_contains(topics, 'T16') from stories where id = '{story}'") == "True"
    (row,) = [
        json.loads(line)
        for line in fivegwatch("correct", "--export", "--db", corpus, cwd=tmp_path).out.splitlines()
    ]
    assert (row["story_id"], row["value"], row["reason"], row["made_by"]) == (
        story,
        "T16",
        "satellites",
        "ana",
    )
    for wrong in ("T16", "+T99x"):
        refused = fivegwatch("correct", story, "--topic", wrong, "--db", corpus, cwd=tmp_path)
        assert refused.code == 2 and wrong in refused.err
    unknown = fivegwatch(
        "correct", "https://nowhere.example/x", "--topic", "+T01", "--db", corpus, cwd=tmp_path
    )
    assert unknown.code == 1 and "nowhere.example" in unknown.err


def test_a_code_to_remove_is_no_option_whatever_the_watchlist_calls_it() -> None:
    given = build_parser("correct").parse_args(["correct", "x", "--topic", "-C01", "--country", "-CN"])
    assert (given.topic, given.country) == (["-C01"], ["-CN"])
    given = build_parser("correct").parse_args(
        ["correct", "x", "--incident", "-espionage", "--measure", "-DE ban ZTE"]
    )
    assert (given.incident, given.measure) == (["-espionage"], ["-DE ban ZTE"])
