"""Tags out of a page's bytes, natively: where each begins and ends is found for all of them at once.

What is taken out is never more than ``visible`` takes out; where the two could differ (a bracket inside quotes),
this one gives up and says so.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.intp]


def _marked(chars: bytes) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(chars)] = True
    return table


_OPENS = _marked(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/!?")
"""What makes a ``<`` before it the beginning of a tag."""
_BLANK = _marked(b" \t\n\v\f\r\x1c\x1d\x1e\x1f")
_LESS, _MORE, _DOUBLE, _SINGLE = b"<>\"'"
_MANY_QUOTED = 300
"""Tags with single quotes that are looked at one by one; with more the page is better read the slow way."""


class Tags:
    """The tags of ``markup``, none with a bracket inside.

    ``sure`` is False where some brackets do not pair up that simply: then ``begins`` and ``ends`` mean nothing.
    """

    def __init__(self, markup: bytes, tag: re.Pattern[bytes]) -> None:
        """``tag`` is the pattern of one tag, quotes and all, by which the doubtful ones are checked."""
        codes = np.frombuffer(markup, dtype=np.uint8)
        self._markup, self._codes = markup, codes
        less = np.flatnonzero(codes == _LESS)
        more = np.flatnonzero(codes == _MORE)
        followed = less[:-1] if less.size and less[-1] == codes.size - 1 else less
        self.begins: Places = followed[_OPENS[codes[followed + 1]]]
        self.ends: Places = self.begins
        """Where the text behind each tag begins."""
        self.sure = self._pair(less, more) and not self._any_longer(tag)

    def _pair(self, less: Places, more: Places) -> bool:
        """Whether a ``>`` follows every tag's ``<`` before the next ``<``."""
        at = np.searchsorted(more, self.begins)
        if at.size and at[-1] >= more.size:
            return False
        self.ends = more[at] + 1
        following = np.append(less, self._codes.size)[np.searchsorted(less, self.begins, side="right")]
        return bool((following >= self.ends).all())

    def _any_longer(self, tag: re.Pattern[bytes]) -> bool:
        """Whether a tag goes on behind its first ``>``, which then stands in quotes."""
        if not self.begins.size:
            return False
        # int32: numpy adds up narrower numbers three times slower.
        quotes = np.cumsum(self._codes == _DOUBLE, dtype=np.int32)
        doubtful = np.flatnonzero((quotes[self.begins] ^ quotes[self.ends - 1]) & 1)
        single = np.flatnonzero(self._codes == _SINGLE)
        if single.size:
            held = np.searchsorted(self.begins, single) - 1
            held = held[(held >= 0) & (single < self.ends[held])]
            doubtful = np.union1d(doubtful, held)
        if doubtful.size > _MANY_QUOTED:
            return True
        for number in doubtful.tolist():
            found = tag.match(self._markup, int(self.begins[number]))
            if found is None or found.end() != self.ends[number]:
                return True
        return False

    def text(self, block: re.Pattern[bytes], glue: bytes, gap: bytes) -> bytes:
        """The text between the tags: ``glue`` where they stand inside a word and none is a ``block``, else ``gap``."""
        markup, codes = self._markup, self._codes
        begins = np.concatenate(([0], self.ends))
        ends = np.concatenate((self.begins, [codes.size]))
        full = ends > begins
        begins, ends = begins[full], ends[full]
        if not begins.size:
            return b""
        low, high = begins.tolist(), ends.tolist()
        pieces = [markup[begin:end] for begin, end in zip(low, high, strict=True)]
        inside = np.flatnonzero(~(_BLANK[codes[ends[:-1] - 1]] | _BLANK[codes[begins[1:]]]))
        for number in reversed(inside.tolist()):
            if not block.search(markup, high[number], low[number + 1]):
                pieces[number : number + 2] = [pieces[number] + glue + pieces[number + 1]]
        return gap.join(pieces)
