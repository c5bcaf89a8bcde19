"""The pages of the desk: name, address, read and template of each, for the web app and the frozen site alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.event import read_event
from fivegwatch.desk.reads.story import read_story
from fivegwatch.desk.reads.today import read_today
from fivegwatch.desk.reads.trackers import read_bans, read_incidents
from fivegwatch.storage.read.corpus import Corpus

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One kind of page."""

    name: str
    """Templates link to it by this name, and the template is ``NAME.html`` unless ``template`` says otherwise."""
    title: str
    """Its name in menus and headings."""
    address: str
    """Path with its fields in braces: ``/event/{event_id}``."""
    read: Callable[[Corpus, Asked], Any]
    """Gives the frozen dataclass that the template shows as ``page`` and that ``.json`` gives.

    Raises QueryError: kind ``not_found`` for a page that does not exist, ``parameter`` for a malformed parameter.
    """
    template: str = ""
    menu: str = ""
    """Part of the menu that names it: ``news``, ``explore`` or ``house``; empty for none."""
    frozen: bool = True
    """Whether the published site has it; False for what only a running app can do."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of its address."""
        return tuple(_FIELD.findall(self.address))

    @property
    def template_name(self) -> str:
        """The file name of its template."""
        return self.template or f"{self.name}.html"

    def path(self, **values: object) -> str:
        """Its address with ``values`` for the fields; values that are no field become the query, empty ones nothing."""
        path = _FIELD.sub(lambda field: quote(str(values[field[1]]), safe=""), self.address)
        rest = {
            name: str(value)
            for name, value in values.items()
            if name not in self.fields and value not in ("", None, False)
        }
        return f"{path}?{urlencode(rest)}" if rest else path


PAGES: dict[str, Page] = {
    page.name: page
    for page in (
        Page(name="today", title="Today", address="/", read=read_today, menu="news"),
        Page(name="event", title="Event", address="/event/{event_id}", read=read_event),
        Page(name="story", title="Story", address="/story/{story_id}", read=read_story),
        Page(name="bans", title="Bans", address="/bans", read=read_bans, menu="news"),
        Page(name="incidents", title="Incidents", address="/incidents", read=read_incidents, menu="news"),
    )
}
"""Every page by its name, in the order of the menu."""
