"""The feeds of the running app, at /feed/PATH.atom and /feed/PATH.json."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fivegwatch.desk.feeds import atom, json_feed
from fivegwatch.desk.feeds.document import Feed
from fivegwatch.desk.page_registry import PAGES
from fivegwatch.desk.reads.lists import topics
from fivegwatch.desk.reads.subscriptions import read_feed
from fivegwatch.desk.web.open_corpora import OpenCorpora


def feed_routes(corpora: OpenCorpora) -> tuple[Route, ...]:
    """The routes of both formats."""

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
