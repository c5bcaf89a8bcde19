"""The web app: routes for each page of `desk.page_registry` and its JSON, for assets, and for corrections.

address -> corpus on the newest version -> read -> template or JSON
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from fivegwatch.desk.feeds import atom, json_feed
from fivegwatch.desk.feeds.document import Feed
from fivegwatch.desk.page_registry import PAGES, Page
from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.lists import topics
from fivegwatch.desk.reads.queries import csv_of
from fivegwatch.desk.reads.subscriptions import read_feed
from fivegwatch.desk.rendering import environment, render
from fivegwatch.desk.web.correcting import Writer, correct
from fivegwatch.desk.web.guard import GuardedAnswers, new_token
from fivegwatch.desk.web.open_corpora import OpenCorpora
from fivegwatch.desk.wording import country_name, language_name
from fivegwatch.extractors.errors import NewsError, QueryError

ASSETS = Path(__file__).parent.parent / "assets"
HOSTS = ("127.0.0.1", "localhost")
"""Host names under which the app answers; a request with another name in its Host header is refused."""
MOST_PARAMETERS = 50
STATUS = {
    "not_found": 404, "parameter": 400, "query": 400, "query_timeout": 503, "missing": 503, "busy": 503, "older": 503,
    "newer": 503, "foreign": 503,
    "search": 400, "settings": 400, "no_story": 404,
}  # fmt: skip
"""HTTP status for each kind of error; other kinds get 500."""


class WebLinks:
    """Addresses of pages, assets and feeds in the running app."""

    live = True

    def page(self, name: str, /, **values: object) -> str:
        """The path of a page."""
        return PAGES[name].path(**values)

    def asset(self, name: str) -> str:
        """The path of an asset."""
        return f"/assets/{name}"

    def feed(self, path: str) -> str:
        """The path of a feed, without the ending for its format."""
        return f"/feed/{path}"


class Desk:
    """Answers requests for the pages of one corpus."""

    def __init__(self, db: Path, write: Writer | None) -> None:
        """``db`` is the link to the published version. ``write`` records corrections; with None, the app accepts no
        corrections.
        """
        self.corpora = OpenCorpora(db)
        self.templates: Environment = environment()
        self.links = WebLinks()
        self.token = new_token()
        self.write = write

    def warm(self) -> None:
        """Prepare in advance what the first page would wait for: open the corpus, compile the templates, load names.

        A corpus that cannot be opened raises no error here; the first page shows it.
        """
        with suppress(NewsError), self.corpora.newest():
            pass
        for page in PAGES.values():
            self.templates.get_template(page.template_name)
        country_name("DE"), language_name("de")

    def data_of(self, page: Page, request: Request) -> tuple[Any, dict[str, str]]:
        """The dataclass for ``page`` with the parameters of ``request``, and the names of the topics by code.

        Raises: QueryError, StorageError.
        """
        if len(request.query_params) > MOST_PARAMETERS:
            raise QueryError(f"an address may have {MOST_PARAMETERS} parameters.", kind="parameter")
        values = {**request.query_params, **request.path_params}
        with self.corpora.newest() as corpus:
            data = page.read(corpus, Asked(now=datetime.now(UTC), values=values))
            return data, {topic.code: topic.label for topic in topics(corpus)}

    def html(self, page: Page, request: Request) -> Response:
        """The page that ``request`` asks for, as HTML."""
        data, labels = self.data_of(page, request)
        more: Mapping[str, Any] = {
            "json_address": address_as(request, "json"),
            "csv_address": address_as(request, "csv"),
            "token": self.token,
            "correctable": self.write is not None,
            "today_day": datetime.now(UTC).date(),
        }
        return HTMLResponse(render(self.templates, page, data, self.links, labels, **more))

    def json(self, page: Page, request: Request) -> Response:
        """The data of the page that ``request`` asks for, as JSON."""
        return Response(as_json(self.data_of(page, request)[0]), media_type="application/json")

    def csv(self, request: Request) -> Response:
        """The result of the named query in ``request``, as a CSV file."""
        values = {**request.query_params, **request.path_params}
        with self.corpora.newest() as corpus:
            text = csv_of(corpus, Asked(now=datetime.now(UTC), values=values))
        name = f'attachment; filename="{request.path_params["name"]}.csv"'
        return Response(text, media_type="text/csv", headers={"content-disposition": name})

    async def correct(self, request: Request) -> Response:
        """Record the correction in the submitted form; the response redirects to the page of the form."""
        if self.write is None:
            raise HTTPException(403, "this app records no corrections.")
        return await correct(request, self.token, self.write)

    def fault(self, request: Request, error: Exception) -> Response:
        """The page that shows ``error``, or JSON if the request's address ends in ``.json``."""
        status, message = 500, "The page could not be made."
        if isinstance(error, HTTPException):
            status = error.status_code
            message = "There is no such page." if status == 404 else error.detail
        elif isinstance(error, NewsError):
            status, message = STATUS.get(error.kind, 500), str(error)
        message = "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in message)
        if request.url.path.endswith(".json"):
            text = json.dumps({"status": status, "error": message}, ensure_ascii=False)
            return Response(text, status, media_type="application/json")
        template = self.templates.get_template("error.html")
        text = template.render(
            status=status, message=message, here=None, href=self.links.page, asset=self.links.asset, live=True
        )
        return HTMLResponse(text, status)


def address_as(request: Request, kind: str) -> str:
    """The address of the requested page in another format; ``kind`` is ``json`` or ``csv``."""
    path = "/index" if request.url.path == "/" else request.url.path
    return f"{path}.{kind}" + (f"?{request.url.query}" if request.url.query else "")


def make_app(db: Path, write: Writer | None = None) -> Starlette:
    """The app over the published corpus ``db``; ``write`` records corrections made on its pages."""
    desk = Desk(db, write)
    routes: list[BaseRoute] = [
        Mount("/assets", StaticFiles(directory=ASSETS)),
        Route("/query/{name}.csv", desk.csv),
        *feed_routes(desk.corpora),
        Route("/correct", desk.correct, methods=["POST"]),
    ]
    for page in PAGES.values():
        address = "/index.json" if page.address == "/" else f"{page.address}.json"
        routes += [
            Route(address, _answer(desk.json, page), name=f"{page.name}.json"),
            Route(page.address, _answer(desk.html, page), name=page.name),
        ]

    def fault(request: Request, error: Exception) -> Response:
        return desk.fault(request, error)

    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(GuardedAnswers),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
        ],
        exception_handlers={HTTPException: fault, NewsError: fault},
    )
    app.state.desk = desk
    return app


def _answer(make: Any, page: Page) -> Any:
    # A plain function, not a coroutine: Starlette runs it in a thread, where DuckDB may take its time.
    def answer(request: Request) -> Response:
        response: Response = make(page, request)
        return response

    return answer


def as_json(data: Any) -> bytes:
    """A page's dataclass as JSON in UTF-8; durations are in seconds."""
    return json.dumps(asdict(data), ensure_ascii=False, default=_plain, allow_nan=False).encode()


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)


def feed_routes(corpora: OpenCorpora) -> tuple[Route, ...]:
    """The routes of the feeds, in both formats."""

    def feed_of(request: Request) -> Feed:
        base = str(request.base_url)

        def address(name: str, **values: object) -> str:
            return base.rstrip("/") + PAGES[name].path(**values)

        with corpora.newest() as corpus:
            labels = {topic.code: topic.label for topic in topics(corpus)}
            path = request.path_params["path"]
            return read_feed(corpus, path, base_url=base, address=address, labels=labels)

    # Plain functions, not coroutines: Starlette runs them in a thread, where DuckDB may take its time.
    def as_atom(request: Request) -> Response:
        return Response(atom.atom_of(feed_of(request)), media_type=atom.MEDIA_TYPE)

    def as_json_feed(request: Request) -> Response:
        return Response(json_feed.json_feed_of(feed_of(request)), media_type=json_feed.MEDIA_TYPE)

    return (Route("/feed/{path:path}.atom", as_atom), Route("/feed/{path:path}.json", as_json_feed))
