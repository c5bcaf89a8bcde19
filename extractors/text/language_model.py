"""py3langid's model in a flat form of a seventh of its size, which compiled code reads with the same answers.

The library walks a text byte by byte through a table of states, counts the features of these states, and adds up a
weight for each feature and language. Most rows of the table repeat another row, that of a state with one byte less.
Most weights equal the usual weight of their language, given to words that the language lacks. The flat form leaves both
out. It is bytes without pointers, so that processes can share one file of it.
"""

from __future__ import annotations

import math
import unicodedata
from array import array
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.native import compiled

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from typing_extensions import Buffer

    Numbers = npt.NDArray[np.generic]

_SIZES = 6
"""Count of the numbers at the beginning of the flat form; the last of them is the length of the labels in bytes."""
_STEPS = 512
"""How many steps make a weight of 1. The library's weights have half precision, so they are whole numbers of steps."""
_MOST_STEPS = 2**14
_MANY_MOVES = 24
"""A row with more moves of its own than this is stored whole, so that none of its moves needs to be searched for."""
_LANES = 16
"""If a feature has weights for all languages, their number is rounded up to a multiple of this: that many are added at
once."""
_COUNTS = 4_096
"""A text in which a feature occurs more often than this is left to numpy."""


class LanguageModel:
    """The model, read from its flat form.

    Raises: ValueError when the bytes are not in that form, or no compiler was available.
    """

    def __init__(self, flat: Buffer) -> None:
        if compiled is None:
            raise ValueError("the flat form is for compiled code")
        view = memoryview(flat).cast("B")
        self._native = compiled
        self._model = compiled.language_model(view, array("d", map(math.log1p, range(_COUNTS))))
        size = view[: 4 * _SIZES].cast("I")[_SIZES - 1]
        self._labels = bytes(view[len(view) - size :]).decode().split()

    def language(self, text: str) -> str:
        """The code of the language that ``py3langid.classify`` finds for ``text``."""
        composed = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
        encoded = composed.encode("utf-8", "surrogatepass")
        number = self._native.language(encoded, self._model)
        return self._labels[number if number >= 0 else self._rounded(encoded)]

    def _rounded(self, encoded: bytes) -> int:
        """The likeliest class where rounding decides: numpy adds the weights up, as py3langid does."""
        import numpy as np

        evidence = self._native.language_evidence(encoded, self._model)
        counts, weights, prior = (
            np.frombuffer(part, kind) for part, kind in zip(evidence, ("I", "f", "f"), strict=True)
        )
        scores = np.log1p(counts.astype(np.float32)) @ weights.reshape(len(counts), -1) + prior
        return int(scores.argmax())


def flat_model(model: tuple[Any, ...]) -> bytes:
    """The model as bytes, in the layout described in ``native/language.c``; ``model`` is what
    ``py3langid.modelio.load_model`` returns.

    Raises: ValueError if its weights do not fit that layout.
    """
    import numpy as np

    weights, prior, labels, moves, row_of, feature_of = model
    steps = np.asarray(weights, np.float16) * np.float16(_STEPS)
    if not (np.max(steps) <= 0 and np.min(steps) >= -_MOST_STEPS and (steps == np.rint(steps)).all()):
        raise ValueError("weights of another kind than before")
    rows, moved = _table(np.asarray(moves).reshape(-1, 256), np.asarray(row_of), np.asarray(feature_of))
    from_, usual, cells = _cells(steps.astype(np.int16))
    words = " ".join(labels).encode()
    parts: list[tuple[Any, type[Any]]] = [
        ([len(rows) - 1, len(moved), len(steps), len(cells), len(labels), len(words)], np.uint32),
        (rows, np.uint32), (moved, np.uint32), (from_, np.uint32), (usual, np.int32), (prior, np.float32),
        (cells, np.int16), ([labels.index(label) for label in labels], np.uint8),
    ]  # fmt: skip
    return b"".join(np.asarray(numbers).astype(kind).tobytes() for numbers, kind in parts) + words


def _table(
    moves: npt.NDArray[Any], row_of: npt.NDArray[Any], feature_of: npt.NDArray[Any]
) -> tuple[Numbers, Numbers]:
    """The table of states in two parts: rows (first move, number of a lesser row), and the moves in which each row
    differs from its lesser row."""
    import numpy as np

    depth, shorter = _shorter(moves, row_of)
    # A row is known by a state of the fewest bytes, so its lesser row comes before it, and that of state 0 first.
    nearest = np.argsort(depth, kind="stable")
    state_of = nearest[np.sort(np.unique(row_of[nearest], return_index=True)[1])]
    number = np.empty(len(moves), np.int64)
    number[row_of[state_of]] = np.arange(len(moves))
    full, below = moves[row_of[state_of]], row_of[shorter[state_of]]
    own = full != moves[below]
    own[own.sum(axis=1) > _MANY_MOVES] = True
    own[0] = True
    in_row, letters = own.nonzero()
    targets = full[own]
    first = np.searchsorted(in_row, np.arange(len(moves) + 1))
    return (
        np.stack([first, np.append(number[below], 0)], axis=1),
        np.stack([letters << 24 | number[row_of[targets]], feature_of[targets]], axis=1),
    )


def _shorter(moves: npt.NDArray[Any], row_of: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """For each state, how many bytes lead to it, and the state that these bytes without the first one lead to."""
    import numpy as np

    depth = np.full(len(row_of), -1)
    shorter = np.zeros(len(row_of), np.int64)
    level, below = np.array([0]), 0
    depth[0] = 0
    via = np.empty(len(row_of), np.int64)
    while len(level):
        reached = moves[row_of[level]].ravel()
        via[:] = -1
        via[reached] = np.arange(len(reached))
        new = np.flatnonzero((via >= 0) & (depth < 0))
        origin, letter = level[via[new] // 256], via[new] % 256
        below += 1
        depth[new] = below
        shorter[new] = np.where(origin == 0, 0, moves[row_of[shorter[origin]], letter])
        level = new
    if (depth < 0).any():
        raise ValueError("states that no text leads to")
    return depth, shorter


def _cells(steps: npt.NDArray[Any]) -> tuple[Numbers, Numbers, Numbers]:
    """The first cell of each feature, the usual weights of languages, and cells: how far weights are from these.

    A feature that is usual in most languages has a pair of cells for each other one: the language and the distance.
    Others have a distance for each language.
    """
    import numpy as np

    usual = np.array([-int(np.argmax(np.bincount(-column))) for column in steps.T])
    apart = (steps - usual).astype(np.int16)
    width = -(-apart.shape[1] // _LANES) * _LANES
    odd = apart != 0
    sizes = 2 * odd.sum(axis=1)
    dense = sizes >= width
    sizes[dense] = width
    from_ = np.append(0, sizes.cumsum())
    cells = np.zeros(from_[-1], np.int16)
    whole = np.flatnonzero(dense)
    cells[from_[whole][:, None] + np.arange(apart.shape[1])] = apart[whole]
    odd[dense] = False
    pairs = np.stack([odd.nonzero()[1].astype(np.int16), apart[odd]], axis=1)
    cells[np.repeat(~dense, sizes)] = pairs.ravel()
    return from_, usual, cells
