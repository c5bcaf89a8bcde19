"""Empty stores for the tests' own process: made once by the loader's own function, then copied."""

from __future__ import annotations

import shutil
from pathlib import Path

from fivegwatch.storage.disk.files import need_space, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load import loader
from fivegwatch.storage.load.migration import unfinished
from fivegwatch.storage.schema.migrate import migrations

make_store = loader._make_store
"""The loader's own, for tests of how a store is made."""


class Copied:
    """Takes the place of `make_store`; ``folder`` holds the store that is copied."""

    def __init__(self, folder: Path) -> None:
        self._empty = Layout.for_database(folder / "corpus.duckdb")

    def __call__(self, layout: Layout) -> list[int]:
        if not self._empty.store.exists():
            self._empty.store.parent.mkdir(parents=True)
            make_store(self._empty)
        need_space(layout.store.parent, loader.NEW_STORE_BYTES, "make the corpus")
        shutil.copyfile(self._empty.store, part := unfinished(layout))
        part.replace(layout.store)
        sync_folder(layout.store.parent)
        return [step.number for step in migrations()]
