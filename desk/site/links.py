"""Makes the links in a frozen site. They are relative, so that the site works on a web server, in a subfolder or on a
USB stick.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

from fivegwatch.desk.page_registry import PAGES

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
SEARCH = "search"
"""Name of the search page, whose script reads the query from the address."""


def file_of(name: str, /, **values: object) -> str:
    """The path of a page's file: ``event/12ab.html``; ``index.html`` for the page at ``/``.

    Characters with a special meaning in file systems or addresses are replaced by ``~`` and their number.
    """
    page = PAGES[name]
    path = page.address.strip("/") or "index"
    for field in page.fields:
        path = path.replace("{" + field + "}", _safe(str(values[field])))
    return f"{path}.html"


def relative(target: str, start: str) -> str:
    """The address of the file ``target`` as seen from the file ``start``; both are paths below the site's folder."""
    return "../" * start.count("/") + target


class FrozenLinks:
    """Links from one page of a frozen site to its other files."""

    live = False

    def __init__(self, start: str, visited: Callable[[str, dict[str, str]], None]) -> None:
        """``start`` is the path of the page.

        ``visited`` is called with name and fields of every page that is linked.
        """
        self._start = start
        self._visited = visited

    def page(self, name: str, /, **values: object) -> str:
        """The relative address of the page ``name``. Filters are left out, as a file cannot filter. Only the search
        page keeps its parameters, which its script reads.

        Raises: LookupError for a page that only the running app has; templates check ``live`` before they link to it.
        """
        page = PAGES[name]
        if not page.frozen and name != SEARCH:
            raise LookupError(f"the page {name} is not in a published site")
        fields = {field: str(values[field]) for field in page.fields}
        self._visited(name, fields)
        address = relative(file_of(name, **fields), self._start)
        query = {key: str(value) for key, value in values.items() if value not in ("", None, False)}
        return f"{address}?{urlencode(query)}" if name == SEARCH and query else address

    def asset(self, name: str) -> str:
        """The relative address of a file of ``desk/assets``."""
        return relative(f"assets/{name}", self._start)

    def feed(self, path: str) -> str:
        """The relative address of a feed, without the ending for its format."""
        return relative(f"feed/{path}", self._start)


def _safe(value: str) -> str:
    safe = _UNSAFE.sub(lambda one: "".join(f"~{byte:02x}" for byte in one[0].encode()), value)
    return safe if safe.strip(".") else "~" + safe.encode().hex()
