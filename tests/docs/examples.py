"""Runs the examples of README and docs as printed: ``python -m tests.docs.examples`` also writes their output again.

Every fenced block of these kinds is an example:

- ``console``: lines that begin with ``$ `` are commands, the lines below one are what it prints (``...`` stands for
  anything; nothing below it: not compared; dates and times are not compared).
- ``sh``: commands; what they print is not compared.
- ``sql``: statements, asked of the corpus of the working directory; each must give rows.

A comment on the line above a block says what is special about it::

    <!-- tested by tests/flows/demo/test_demo.py::test_name -->   not run here: that test runs the same thing
    <!-- newsroom: second edition -->                             the newsroom prints before the block runs
    <!-- exit code 1 -->                                          of the last command of the block
    <!-- may be empty -->                                         a statement may give no rows here

The commands of a page run in order, in one home folder, against the bundled newsroom on loopback.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.storage.read.queries import run_query
from tests.conftest import ROOT

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When the newsroom's stories come out, so that days and months in the output stay."""
PRINTED = "127.0.0.1:40115"
"""The newsroom's address on the page; while a page runs it has another port of five digits."""
STANDS_FOR = {
    "light-reading": "switchyard",
    "https://signal-review.example/feed": f"http://{PRINTED}/harbour-ledger/feed.atom?edition=world",
}
"""Feeds of the real world that pages name, and what the newsroom has in their place."""
HOME = "/home/ann"
KINDS = ("console", "sh", "sql")
_BLOCK = re.compile(r"^(?P<notes>(?:<!--[^\n]*-->\n)*)```(?P<kind>\w*)\n(?P<body>.*?)^```$",
                    re.MULTILINE | re.DOTALL)  # fmt: skip
_NOTE = re.compile(r"<!-- (tested by|newsroom:|exit code|may be empty) ?(.*?) ?-->")
_TIME = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?(\+00(:00)?)?")


@dataclass(slots=True)
class Command:
    """One command or statement and what the page says it prints."""

    text: str
    expected: str = ""
    printed: str = ""
    """What it printed when it ran, in the page's terms."""


@dataclass(slots=True)
class Block:
    """One example of a page."""

    kind: str
    line: int
    commands: list[Command]
    notes: dict[str, str] = field(default_factory=dict)
    span: tuple[int, int] = (0, 0)
    """Where its text is in the page, fences left out."""


def pages() -> list[Path]:
    """README first, since it makes the corpus that the others ask; then every page of docs that a person wrote."""
    written = sorted(path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "reference")
    return [ROOT / "README.md", *written]


def blocks(text: str) -> Iterator[Block]:
    """The examples of a page."""
    for found in _BLOCK.finditer(text):
        if found["kind"] in KINDS:
            body = found["body"]
            commands = {"console": _console, "sh": _lines, "sql": _statements}[found["kind"]](body)
            notes = {name.rstrip(":"): value for name, value in _NOTE.findall(found["notes"])}
            line = text.count("\n", 0, found.start("kind")) + 1
            yield Block(found["kind"], line, list(commands), notes, found.span("body"))


def _console(body: str) -> Iterator[Command]:
    command: Command | None = None
    more = False
    for line in body.splitlines():
        if line.startswith("$ ") or more:
            if more and command:
                command.text += "\n" + line
            else:
                if command:
                    yield command
                command = Command(line.removeprefix("$ "))
            assert command is not None
            more = line.endswith("\\") or _opens_text(command.text)
        elif command:
            command.expected += line.rstrip() + "\n"
    if command:
        yield command


def _opens_text(text: str) -> bool:
    """Whether the command goes on below: a quote is open, or a here-document."""
    mark = re.search(r"<<'?(\w+)'?", text)
    if mark:
        return not text.endswith(f"\n{mark[1]}")
    return text.replace("\\'", "").count("'") % 2 == 1 or text.replace('\\"', "").count('"') % 2 == 1


def _lines(body: str) -> Iterator[Command]:
    held = ""
    for line in body.splitlines():
        held = f"{held}\n{line}" if held else line
        if (
            held.strip()
            and not held.lstrip().startswith("#")
            and not held.endswith("\\")
            and not _opens_text(held)
        ):
            yield Command(held)
            held = ""
        elif held.lstrip().startswith("#") or not held.strip():
            held = ""


def _statements(body: str) -> Iterator[Command]:
    return (
        Command(part.strip())
        for part in re.split(r";[ ]*(?:--.*)?$", body, flags=re.MULTILINE)
        if part.strip()
    )


class Session:
    """A home folder in which the examples of pages run, with the newsroom beside it."""

    def __init__(self, home: Path, newsroom: Newsroom) -> None:
        self.home, self._newsroom = home, newsroom
        self._folder = home
        self._named: set[str] = set()
        self._bin = home.parent / "bin"
        self._write_program()

    def run(self, block: Block) -> str:
        """Run the block; returns what is wrong with it, or nothing."""
        if "newsroom" in block.notes and self._newsroom.edition == 1:
            self._newsroom.advance()
        return self._ask(block) if block.kind == "sql" else self._shell(block)

    def _shell(self, block: Block) -> str:
        work = Path(tempfile.mkdtemp(dir=self.home.parent))
        script = [f"cd '{self._folder}'"]
        for number, command in enumerate(block.commands):
            text = self._in_newsroom_terms(command.text)
            script.append(
                f"{{ {text}\n}} >{work}/{number}.out 2>{work}/{number}.err\necho $? >{work}/{number}.code"
            )
        script.append(f"pwd >{work}/folder")
        subprocess.run(["bash", "-c", "\n".join(script)], env=self._environment(), stdin=subprocess.DEVNULL,
                       check=False, timeout=300)  # fmt: skip
        self._folder = Path((work / "folder").read_text().strip())
        wrong = []
        for number, command in enumerate(block.commands):
            out, err = ((work / f"{number}.{end}").read_text(encoding="utf-8") for end in ("out", "err"))
            code = (work / f"{number}.code").read_text().strip()
            last = number == len(block.commands) - 1
            if code != (block.notes.get("exit code", "0") if last else "0"):
                wrong.append(f"$ {command.text}\nends with exit code {code}:\n{out[-800:]}{err[-800:]}")
            command.printed = self._in_page_terms(out if code == "0" or out else err)
            if block.kind == "console" and not fits(command.expected, command.printed):
                wrong.append(f"$ {command.text}\nprints\n{command.printed}\nand not\n{command.expected}")
        return "\n".join(wrong)

    def _ask(self, block: Block) -> str:
        wrong = []
        for command in block.commands:
            answer = run_query(self._folder / "corpus.duckdb", command.text)
            if not answer.rows and "may be empty" not in block.notes:
                wrong.append(f"{command.text}\ngives no rows")
        return "\n".join(wrong)

    def _in_newsroom_terms(self, text: str) -> str:
        self._named |= {theirs for theirs in STANDS_FOR if theirs in text}
        for theirs, ours in STANDS_FOR.items():
            text = text.replace(theirs, ours)
        return text.replace(PRINTED, f"127.0.0.1:{self._newsroom.port}")

    def _in_page_terms(self, text: str) -> str:
        for folder in (self.home.resolve(), self.home):
            text = text.replace(str(folder), HOME)
        text = text.replace(f"127.0.0.1:{self._newsroom.port}", PRINTED)
        for theirs, ours in STANDS_FOR.items():
            if theirs in self._named:
                text = text.replace(ours, theirs)
        return "".join(line.rstrip() + "\n" for line in text.splitlines())

    def _environment(self) -> dict[str, str]:
        ours = {
            name: text for name, text in os.environ.items() if not name.startswith(("FIVEGWATCH", "PREFECT"))
        }
        path = f"{self._bin}:{Path(sys.executable).parent}:{ours['PATH']}"
        return ours | {"HOME": str(self.home), "PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1",
                       "COLUMNS": "120", "LC_ALL": "C.UTF-8"}  # fmt: skip

    def _write_program(self) -> None:
        """``fivegwatch`` as installed, but that `init` subscribes to the newsroom in place of the world's press."""
        self._bin.mkdir(exist_ok=True)
        feeds = self._bin / "feeds.toml"
        feeds.write_text(subscriptions(self._newsroom.url), encoding="utf-8")
        program = self._bin / "fivegwatch"
        program.write_text(
            f"""#!/usr/bin/env bash
            '{sys.executable}' -m fivegwatch.flows.cli.start "$@" || exit $?
            [ "$1" = init ] || exit 0
            cp '{feeds}' "$2/watchlist/feeds.toml"
            grep -q ^allow_addresses "$2/fivegwatch.toml" ||
                echo 'allow_addresses = ["127.0.0.1:{self._newsroom.port}"]' >>"$2/fivegwatch.toml"
            """
        )
        program.chmod(0o755)


def fits(expected: str, printed: str) -> bool:
    """Whether the printed text is the expected one; ``...`` stands for anything, and so does any date or time."""
    if not expected.strip():
        return True
    wanted, have = (_TIME.sub("(time)", text.strip()) for text in (expected, printed))
    pattern = ".*?".join(re.escape(part) for part in re.split(r"\.\.\.", wanted))
    return re.fullmatch(pattern, have, re.DOTALL) is not None


def copied(home: Path, target: Path) -> Path:
    """The home folder of a page: a copy of the one that README leaves, whose directory is a demo's too."""
    shutil.copytree(home, target, symlinks=True)
    shutil.copytree(target / "5g", target / "5g-demo", symlinks=True)
    return target


def rewritten(text: str, ran: list[Block]) -> str:
    """The page with the output of its console blocks as it was printed, where it differs."""
    for block in reversed(ran):
        if block.kind != "console" or "tested by" in block.notes:
            continue
        lines = []
        for command in block.commands:
            same = fits(command.expected, command.printed)
            lines += [f"$ {command.text}\n", command.expected if same else command.printed]
        text = text[: block.span[0]] + "".join(lines) + text[block.span[1] :]
    return text


def main() -> None:
    """Run all pages, or those named, and write their output again."""
    chosen = [Path(name).resolve() for name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder, Newsroom(now=OPENED, slow_s=0.2) as newsroom:
        top = Path(folder)
        for page in pages():
            first = page.name == "README.md" and page.parent == ROOT
            if chosen and page not in chosen and not first:
                continue
            home = top / page.relative_to(ROOT).with_suffix("") / "home"
            if first:
                made = home
                home.mkdir(parents=True)
            else:
                copied(made, home)
            session, text = Session(home, newsroom), page.read_text(encoding="utf-8")
            ran = []
            for block in blocks(text):
                ran.append(block)
                if "tested by" not in block.notes and (wrong := session.run(block)):
                    print(f"{page.relative_to(ROOT)}:{block.line}: {wrong}\n", file=sys.stderr)
            page.write_text(rewritten(text, ran), encoding="utf-8")


if __name__ == "__main__":
    main()
