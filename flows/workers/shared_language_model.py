"""The model of py3langid (language detection), kept in the user's cache and mapped into memory by all processes.

in the cache, and complete? -> mapped; else made from the library's own file, and written.

Making it takes one and a half seconds of processor time, once for each version; mapping takes a hundredth of that.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.language import use_model
from fivegwatch.extractors.text.language_model import LanguageModel, flat_model
from fivegwatch.flows.workers.cache_files import mapped, write
from fivegwatch.storage.disk.layout import user_cache

_KEPT = 2
"""Number of versions that stay in the cache: 12 MB each."""
_CHECKSUM_BYTES = hashlib.sha256().digest_size


def share_model() -> None:
    """Make this process detect languages with the shared model, which is read when the first text is classified."""
    if compiled is not None:
        use_model(_shared)


@cache
def _shared() -> LanguageModel | None:
    path = _path()
    return _read(path) or _make(path)


def _path() -> Path:
    code = resources.files("fivegwatch.extractors").joinpath("text", "language_model.py").read_text("utf-8")
    key = hashlib.sha256("\0".join((version("py3langid"), sys.byteorder, code)).encode()).hexdigest()
    return user_cache() / f"language-{key[:32]}.model"


def _read(path: Path) -> LanguageModel | None:
    if (file := mapped(path)) is not None:
        view = memoryview(file)
        if hashlib.sha256(view[_CHECKSUM_BYTES:]).digest() == view[:_CHECKSUM_BYTES]:
            with suppress(ValueError):
                return LanguageModel(view[_CHECKSUM_BYTES:])
    return None


def _make(path: Path) -> LanguageModel | None:
    try:
        flat = _flat()
    except ValueError:  # a later version of another kind: the library reads its texts by itself
        return None
    write(path, hashlib.sha256(flat).digest() + flat, kept=_KEPT)
    return _read(path) or LanguageModel(flat)


def _flat() -> bytes:
    from py3langid.langid import MODEL_DIR, MODEL_FILE
    from py3langid.modelio import load_model

    return flat_model(load_model(MODEL_DIR / MODEL_FILE))
