"""Keeps open connections to the published corpus: each request borrows one, refreshed to the newest version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue

from fivegwatch.desk.reads.prepared import prepare
from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.read.corpus import Corpus
from fivegwatch.storage.schema.migrate import is_current

QUERY_SECONDS = 20.0
"""Maximum duration of a page's query in seconds. Pages of a corpus of 10,000 stories take under a second."""

MOST_IDLE = 3
"""Maximum number of connections kept open between requests; a browser rarely requests more pages at once."""


class OpenCorpora:
    """Connections to one corpus, kept for reuse. Each request has its own, because a connection serves only one
    thread.
    """

    def __init__(self, db: Path) -> None:
        """``db`` is the link to the published version; nothing is opened yet."""
        self.db = db
        self._idle: LifoQueue[Corpus] = LifoQueue()

    @contextmanager
    def newest(self) -> Iterator[Corpus]:
        """For one request: an open corpus that reads the newest published version.

        Raises: StorageError when there is no corpus or it cannot be opened; SchemaVersionError when another version
        of this project made it.
        """
        try:
            corpus, fresh = self._idle.get_nowait(), False
        except Empty:
            corpus, fresh = Corpus(self.db, timeout_s=QUERY_SECONDS), True
        try:
            newer = corpus.refresh()
            if newer:
                self.close()  # the others hold a version that is no longer published
            if newer or fresh:
                with opened(corpus.version, read_only=True) as con:
                    is_current(con)
                prepare(corpus)
            yield corpus
        except QueryError:
            self._keep(corpus)  # a page that does not exist, a wrong parameter: the corpus itself is well
            raise
        except BaseException:
            corpus.close()
            raise
        self._keep(corpus)

    def _keep(self, corpus: Corpus) -> None:
        if self._idle.qsize() < MOST_IDLE:
            self._idle.put(corpus)
        else:
            corpus.close()

    def close(self) -> None:
        """Close all open corpora that no request is using."""
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()
