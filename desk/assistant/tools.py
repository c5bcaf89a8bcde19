"""The tools of the server: the questions that an assistant can ask; each is a typed read of the published corpus.

The assistant sees the docstrings of these methods as the descriptions of the tools.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from mcp.server.fastmcp.exceptions import ToolError
from pydantic import Field

from fivegwatch.desk.assistant.marking import Marker
from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.bans import read_bans
from fivegwatch.desk.reads.event import read_event
from fivegwatch.desk.reads.incident_tracker import read_incidents
from fivegwatch.desk.reads.story import Story, read_story
from fivegwatch.extractors.errors import NewsError, QueryError
from fivegwatch.extractors.web.urls import canonical_url, url_id
from fivegwatch.storage.read.corpus import Corpus
from fivegwatch.storage.read.queries import QueryLimits, run_query
from fivegwatch.storage.read.reports import unjudged, verdict_on

BOUNDS = QueryLimits(timeout_s=20.0, memory="512MB")
MOST_ROWS = 200
LONGEST_STORY = 20_000
Answer = dict[str, Any]
Address = Annotated[str, Field(description="Address (URL) of the page, or its id", max_length=4_000)]
Limit = Annotated[int, Field(description="Most items in the answer", ge=1, le=50)]
Country = Annotated[str, Field(description="ISO 3166-1 alpha-2 code such as DE; empty for all", max_length=2)]


def asked(tool: Callable[..., Answer]) -> Callable[..., Answer]:
    """``tool`` with our errors turned into errors of the protocol; their messages name the remedy."""

    @functools.wraps(tool)
    def answer(*args: Any, **kwargs: Any) -> Answer:
        try:
            return tool(*args, **kwargs)
        except NewsError as exc:
            raise ToolError(str(exc)) from exc

    return answer


@dataclass(frozen=True)
class Tools:
    """The tools for one corpus; each call reads the version that is the newest at that moment."""

    database: Path
    mark: Marker

    @asked
    def search(
        self,
        words: Annotated[
            str,
            Field(
                description='Words, "phrases", prefix*, OR, -not, fields title: lang: site: country: topic: since:',
                max_length=800,
            ),
        ],
        limit: Limit = 10,
        newest: Annotated[bool, Field(description="Newest first instead of best first")] = False,
        rejected: Annotated[bool, Field(description="Also pages that were judged and not kept")] = False,
    ) -> Answer:
        """Find stories by words in headline or text, in any language. Gives ids, addresses, headlines and passages.

        Begin here for open questions; then ask `event` or `story` for one hit."""  # fmt: skip
        with Corpus(self.database) as corpus:
            hits = corpus.search(words, limit=limit, newest=newest, ledger=rejected)
        left_out = ("title_hits", "snippet_hits")
        found = [{key: v for key, v in hit.as_dict().items() if key not in left_out} for hit in hits]
        return self._answer(hits=found)

    @asked
    def story(
        self,
        address: Address,
        characters: Annotated[
            int, Field(description="Most characters of the text", ge=0, le=LONGEST_STORY)
        ] = 4_000,
    ) -> Answer:
        """One page in full: headline, outlet, dates, text, entities and facts with the sentence each rests on.

        The text belongs to its publisher: quote briefly, with the address."""
        page = self._page(address)
        text = self.mark.text(page.text, longest=characters) if page.text and characters else None
        facts = replace(page, text=None, passages=(), history=(), edits=(), seen=())
        return self._answer(story=facts) | {"text": text}

    @asked
    def event(
        self,
        event_id: Annotated[str, Field(description="Id of an event or of one of its stories", max_length=80)],
    ) -> Answer:
        """Everything that reports one event: who reported it first, stories by time and language, copies, facts, later edits."""  # fmt: skip
        with Corpus(self.database) as corpus:
            return self._answer(event=read_event(corpus, self._asked(event_id=event_id)))

    @asked
    def why(self, address: Address) -> Answer:
        """Why a page was kept or rejected: reason, score and what it is made of, the words found, earlier verdicts.

        Also says what became of a page that was announced but not judged yet."""
        try:
            page = self._page(address)
        except QueryError:
            entry = unjudged(self.database, address, self._id(address))
            if entry is None:
                raise
            return self._answer(judged=False, entry=entry)
        verdict = verdict_on(self.database, page.url, page.id)
        score = sorted(verdict.parts if verdict else (), key=lambda part: -abs(part.value))
        return self._answer(
            judged=True, id=page.id, url=page.url, title=page.title, verdict=page.verdict, reason=page.reason,
            score=page.score, threshold=page.threshold, words=page.passages, history=page.history,
            corrections=page.corrections,
        ) | {"parts": [{"name": part.name, "value": round(part.value, 3)} for part in score]}  # fmt: skip

    @asked
    def trackers(
        self,
        which: Annotated[
            Literal["bans", "incidents"],
            Field(
                description="bans: which country does what against which vendor; incidents: who was attacked by whom"
            ),
        ],
        country: Country = "",
        name: Annotated[
            str, Field(description="Vendor (bans) or attacker (incidents), such as Huawei", max_length=80)
        ] = "",
        since: Annotated[
            str, Field(description="Incidents only: first day, such as 2026-01-31", max_length=10)
        ] = "",
        limit: Limit = 20,
    ) -> Answer:
        """The current state of bans or incidents. Each line has its status word as the press gives it (considered, decided,
        in_force, ...) and evidence. Facts are drawn by machine and can be wrong: say the status, cite the evidence."""  # fmt: skip
        with Corpus(self.database) as corpus:
            if which == "bans":
                bans = read_bans(corpus, self._asked(country=country, target=name)).lines
                lines: list[Any] = [replace(line, history=line.history[:5]) for line in bans]
            else:
                wanted = self._asked(country=country, actor=name, since=since)
                lines = list(read_incidents(corpus, wanted).lines)
        return self._answer(lines=lines[:limit], total=len(lines))

    @asked
    def timeline(
        self,
        topic: Annotated[
            str,
            Field(
                description="Code of a topic such as T07, empty for all; `schema` lists them", max_length=40
            ),
        ] = "",
        grain: Annotated[
            Literal["day", "week", "month", "year"], Field(description="Length of a period")
        ] = "month",
        last: Annotated[int, Field(description="Number of periods, the latest ones", ge=1, le=60)] = 24,
    ) -> Answer:
        """How many stories there were in each period, oldest first. A count of stories kept is attention, not danger."""  # fmt: skip
        sql = (
            "select * from timeline($topic, $grain) where period is not null order by period desc limit $last"
        )
        with Corpus(self.database) as corpus:
            rows = list(corpus.sql(sql, {"topic": topic, "grain": grain, "last": last}))
        return self._answer(periods=rows[::-1])

    @asked
    def schema(self) -> Answer:
        """The topics, and the views and macros that `query` can use, with what each gives and its columns."""
        with Corpus(self.database) as corpus:
            topics = list(corpus.sql("select code, label as comment from topics order by code"))
            columns = corpus.sql(
                """select table_name as view, string_agg(column_name, ', ' order by column_index) as column_name
                   from duckdb_columns() where schema_name = 'main' and not internal group by 1 order by 1"""
            )
            return {"topics": topics, "views": list(columns), "described": list(corpus.views())}

    @asked
    def query(
        self,
        sql: Annotated[
            str,
            Field(
                description="One SELECT in DuckDB's SQL, on the views that `schema` lists", max_length=10_000
            ),
        ],
        rows: Annotated[int, Field(description="Most rows", ge=1, le=MOST_ROWS)] = 50,
    ) -> Answer:
        """The rows of one SELECT. Read-only, no files, no network, 20 seconds at most. Ask `schema` for the views first."""  # fmt: skip
        statement = sql.strip().rstrip(";")
        bounded = f"from (\n{statement}\n) limit {rows + 1}"
        answer, strict = run_query(self.database, bounded, limits=BOUNDS), self.mark.strict
        marked = [
            {column: strict.answer(value) for column, value in zip(answer.columns, row, strict=True)}
            for row in answer.rows[:rows]
        ]
        return {"columns": list(answer.columns), "rows": marked, "more": len(answer.rows) > rows}

    def _answer(self, **values: Any) -> Answer:
        return {key: self.mark.answer(value, key) for key, value in values.items()}

    def _asked(self, **values: str) -> Asked:
        return Asked(now=datetime.now(UTC), values=values)

    def _page(self, address: str) -> Story:
        """The judged page with this address or id. Raises: QueryError when no such page was judged."""
        with Corpus(self.database) as corpus:
            known = corpus.sql("select id from story($address)", {"address": address.strip()})
            page = next(iter(known), {"id": self._id(address) or address.strip()})
            return read_story(corpus, self._asked(story_id=page["id"]))

    def _id(self, address: str) -> str:
        try:
            return url_id(canonical_url(address.strip()))
        except NewsError:
            return ""
