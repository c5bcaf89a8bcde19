"""``python -m benchmarks.duplicates --pages DIR``: are copies of a text found, and only copies?

Texts are the articles of recorded pages (see ``docs/measured.md``). Copies are made by known edits, each of which keeps
a known share of the original (its *overlap*). Negatives are pairs of different articles, some of them with the same
footer, quotation or headline. Compared with ours: equal hashes of the text, Jaccard likeness of the headlines' words,
and simhash. Prints tables and one JSON line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.extraction import read_cases
from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.copies.fingerprints import (
    Fingerprint,
    Shingles,
    compare,
    fingerprint,
    shingles_of,
    tokens,
)
from fivegwatch.extractors.errors import NewsError

SHORTEST = 200
"""Characters; shorter texts of pages are not used."""
OVERLAPS = (1.0, 0.9, 0.8, 0.7, 0.6)


@dataclass(frozen=True, slots=True)
class Story:
    """Title and text as a site shows them."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two stories, and whether they are copies."""

    one: Story
    other: Story
    same: bool
    edit: str
    overlap: float
    """Share of the shorter text that the longer one contains; 0 for different articles."""


def pieces(text: str) -> list[str]:
    """The sentences of ``text``, each with the blanks after it."""
    return [
        piece for piece in re.split(r"(?<=[.!?。！？।؟])(?=\s|[^\x00-\x7f])|(?<=\n)", text) if piece.strip()
    ]


def size(parts: Iterable[str]) -> int:
    return sum(len(tokens(part)) for part in parts)


def kept(parts: list[str], overlap: float) -> list[str]:
    """The first parts that hold ``overlap`` of all words; the last may be cut."""
    want, out = round(overlap * size(parts)), []
    for part in parts:
        have = size([part])
        if have > want:
            out.append(part[: max(1, round(len(part) * want / have))] if want else "")
            break
        out.append(part)
        want -= have
    return [part for part in out if part]


class Editor:
    """Makes edited copies of one story. ``fillers`` are sentences of other articles in its language."""

    def __init__(self, story: Story, fillers: list[str], other_title: str, chance: random.Random) -> None:
        self.story, self.fillers, self.other_title, self.chance = story, fillers, other_title, chance
        self.parts = pieces(story.text)
        self.words = size(self.parts)

    def strange(self, words: float) -> list[str]:
        """Sentences of other articles with about ``words`` words."""
        out: list[str] = []
        while size(out) < words:
            out.append(" " + self.chance.choice(self.fillers).strip())
        return kept(out, words / max(1, size(out))) if words >= 1 else []

    def cut(self, overlap: float) -> Story:
        """A copy without its end."""
        return Story(self.story.title, "".join(kept(self.parts, overlap)))

    def middle(self, overlap: float) -> Story:
        """A copy without some random sentences."""
        parts, gone = list(self.parts), (1 - overlap) * self.words
        while len(parts) > 1 and gone > 0:
            gone -= size([parts.pop(self.chance.randrange(len(parts)))])
        return Story(self.story.title, "".join(parts))

    def merged(self, overlap: float) -> Story:
        """A copy in which sentences of other articles replace some of its own."""
        parts, gone = list(self.parts), (1 - overlap) * self.words
        order = self.chance.sample(range(len(parts)), len(parts))
        for index in order:
            have = size([parts[index]])
            if have <= gone:
                parts[index] = "".join(self.strange(have))
                gone -= have
        return Story(self.story.title, "".join(parts))

    def dressed(self, overlap: float) -> Story:
        """A copy under another headline, between sentences of other articles."""
        strange = self.strange((1 / overlap - 1) * self.words) if overlap < 1 else []
        half = len(strange) // 2
        return Story(self.other_title, "".join([*strange[:half], "\n", *self.parts, "\n", *strange[half:]]))

    def shuffled(self, overlap: float) -> Story:
        """A copy of the first part, its blocks in random order."""
        parts = kept(self.parts, overlap)
        block = max(1, len(parts) // 6)
        blocks = [parts[at : at + block] for at in range(0, len(parts), block)]
        self.chance.shuffle(blocks)
        return Story(
            self.story.title, "\n".join(" ".join(part.strip() for part in block) for block in blocks)
        )

    def retouched(self, overlap: float) -> Story:
        """A copy with words replaced, so that ``overlap`` of its runs of three words stay whole."""
        return self._replaced(1 - overlap ** (1 / 3))

    def reworded(self, overlap: float) -> Story:
        """A copy with all but ``overlap`` of its words replaced."""
        return self._replaced(1 - overlap)

    def _replaced(self, rate: float) -> Story:
        def swap(match: re.Match[str]) -> str:
            return "".join(reversed(match[0])) if self.chance.random() < rate else match[0]

        return Story(self.story.title, re.sub(r"[^\W_]{2,}", swap, self.story.text))

    def restyled(self) -> Story:
        """A copy with other quotation marks, dashes, line breaks and a headline in capitals."""
        table = str.maketrans(
            {"“": '"', "”": '"', "’": "'", "–": "-", "—": "-", "«": '"', "»": '"', "\n": " "}
        )
        return Story(self.story.title.upper(), self.story.text.translate(table))


def positives(editor: Editor) -> Iterable[Pair]:
    story = editor.story
    edits = {
        "cut": editor.cut, "middle cut": editor.middle, "merged": editor.merged, "dressed": editor.dressed,
        "shuffled": editor.shuffled, "retouched": editor.retouched, "reworded": editor.reworded,
    }  # fmt: skip
    for name, edit in edits.items():
        for overlap in OVERLAPS[1:]:
            yield Pair(one=story, other=edit(overlap), same=True, edit=name, overlap=overlap)
    yield Pair(one=story, other=editor.restyled(), same=True, edit="restyled", overlap=1.0)
    yield Pair(
        one=story, other=Story(editor.other_title, story.text), same=True, edit="re-headlined", overlap=1.0
    )
    lead = Story(story.title, "".join(kept(editor.parts, 45 / editor.words)))
    if editor.words > 60:
        yield Pair(one=story, other=lead, same=True, edit="teaser", overlap=1.0)


def negatives(one: Story, other: Story, editor: Editor) -> Iterable[Pair]:
    plain = {"same": False, "overlap": 0.0}
    yield Pair(one=one, other=other, edit="unrelated", **plain)
    yield Pair(one=one, other=Story(one.title, other.text), edit="same headline", **plain)
    for share in (0.15, 0.3, 0.4):
        frame = "\n" + "".join(
            editor.strange(share / (1 - share) * min(size([one.text]), size([other.text])))
        )
        first, second = Story(one.title, one.text + frame), Story(other.title, other.text + frame)
        yield Pair(one=first, other=second, edit=f"same footer {share:.0%}", **plain)
    shorter = min(editor.words, size([other.text]))
    quote = "".join(kept(editor.parts, 0.3 * shorter / editor.words))
    yield Pair(
        one=one, other=Story(other.title, quote + "\n" + other.text), edit="quoted in another", **plain
    )
    lead = Story(one.title, "".join(kept(editor.parts, min(1.0, 40 / editor.words))))
    yield Pair(one=lead, other=Story(one.title, other.text), edit="lead of another", **plain)
    frame = "\n" + "".join(editor.strange(30))
    short = Story(other.title, "".join(kept(pieces(other.text), min(1.0, 40 / size([other.text])))) + frame)
    yield Pair(one=Story(one.title, lead.text + frame), other=short, edit="leads, one footer", **plain)


def pairs_of(stories: dict[str, list[Story]], seed: int) -> list[Pair]:
    chance = random.Random(seed)
    out: list[Pair] = []
    for group in stories.values():
        for number, story in enumerate(group):
            others = [other for other in group if other is not story]
            if not others:
                continue
            fillers = [piece for other in others for piece in pieces(other.text)]
            other = group[(number + 1) % len(group)]
            editor = Editor(story, fillers, other.title, chance)
            out += positives(editor)
            out += negatives(story, other, editor)
    return out


class Ours:
    """Pairs nominated by keys and decided by comparison, as the loader does it."""

    def __init__(self) -> None:
        self.made: dict[Story, tuple[Fingerprint, Shingles] | None] = {}

    def look(self, story: Story) -> tuple[Fingerprint, Shingles] | None:
        if story not in self.made:
            made, shingles = fingerprint(story.title, story.text), shingles_of(story.title, story.text)
            self.made[story] = (made, shingles) if made and shingles else None
        return self.made[story]

    def __call__(self, pair: Pair) -> bool:
        one, other = self.look(pair.one), self.look(pair.other)
        if not one or not other:
            return False
        first, second = one[0], other[0]
        banded = any(a == b for a, b in zip(first.bands, second.bands, strict=True))
        common = len(set(first.anchors) & set(second.anchors))
        nominated = banded or 4 * common >= min(len(first.anchors), len(second.anchors))
        return nominated and compare(one[1], other[1]).same


def exact_hash(pair: Pair) -> bool:
    return " ".join(tokens(pair.one.text)) == " ".join(tokens(pair.other.text))


def title_jaccard(pair: Pair) -> bool:
    one, other = set(tokens(pair.one.title)), set(tokens(pair.other.title))
    return bool(one | other) and len(one & other) / len(one | other) >= 0.6


def simhash(story: Story) -> int:
    counts = [0] * 64
    for word in tokens(story.text):
        value = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
        for bit in range(64):
            counts[bit] += 1 if value >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if counts[bit] > 0)


def by_simhash(bits: int) -> Callable[[Pair], bool]:
    known: dict[Story, int] = {}

    def same(pair: Pair) -> bool:
        for story in (pair.one, pair.other):
            if story not in known:
                known[story] = simhash(story)
        return (known[pair.one] ^ known[pair.other]).bit_count() <= bits

    return same


def scores(pairs: list[Pair], predicted: list[bool], least: float) -> dict[str, float]:
    """Precision, recall and F1 over all negatives and the copies with an overlap of at least ``least``."""
    used = [
        (pair.same, yes)
        for pair, yes in zip(pairs, predicted, strict=True)
        if not pair.same or pair.overlap >= least
    ]
    right = sum(same and yes for same, yes in used)
    precision = right / max(1, sum(yes for _, yes in used))
    recall = right / max(1, sum(same for same, _ in used))
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
    }


def read_stories(folder: Path, limit: int) -> dict[str, list[Story]]:
    """The pages' titles and texts by language, at most ``limit`` of each."""
    stories: dict[str, dict[str, Story]] = defaultdict(dict)
    for case in read_cases(folder):
        text = str(case.truth.get("text") or "")
        title = str(case.row.get("title") or "")
        language = case.row["language"]
        if len(stories[language]) >= limit:
            continue
        if len(text) < SHORTEST:
            try:
                article = extract_article(case.page)
            except NewsError:
                continue
            text, title = article.text, title or article.title
        if len(text) >= SHORTEST:
            stories[language].setdefault(text, Story(title or text[:60], text))
    return {language: list(group.values()) for language, group in stories.items() if len(group) > 1}


def main() -> int:
    """Print the tables and one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates", description=__doc__)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=25, help="articles a language at most")
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    stories = read_stories(given.pages, given.limit)
    pairs = pairs_of(stories, given.seed)
    print(f"{sum(map(len, stories.values()))} articles in {len(stories)} languages, {len(pairs):,} pairs\n")
    systems: dict[str, Callable[[Pair], bool]] = {
        "ours": Ours(), "exact hash": exact_hash, "title Jaccard 0.6": title_jaccard,
        "simhash <= 3": by_simhash(3), "simhash <= 10": by_simhash(10),
    }  # fmt: skip
    report: dict[str, object] = {"articles": sum(map(len, stories.values())), "pairs": len(pairs)}
    print(
        f"{'':20}{'P':>9}{'R':>9}{'F1':>9}  overlap >= 80 %  {'P':>8}{'R':>9}{'F1':>9}  overlap >= 60 %   ms a pair"
    )
    for name, same in systems.items():
        started = time.perf_counter()
        predicted = [same(pair) for pair in pairs]
        cost = (time.perf_counter() - started) / len(pairs) * 1_000
        high, low = scores(pairs, predicted, 0.8), scores(pairs, predicted, 0.6)
        print(f"{name:20}" + "".join(f"{v:9.4f}" for v in high.values()) + " " * 18
              + "".join(f"{v:9.4f}" for v in low.values()) + f"{cost:28.3f}")  # fmt: skip
        report[name] = {"80": high, "60": low, "ms": cost}
        if name == "ours":
            ours = predicted
    print("\nours: share called copies, by edit and overlap")
    table: dict[str, dict[float, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for pair, yes in zip(pairs, ours, strict=True):
        table[pair.edit][pair.overlap].append(yes)
    for edit, row in table.items():
        print(
            f"{edit:20}"
            + "".join(f"  {k:.0%} {sum(v) / len(v):.4f}" for k, v in sorted(row.items(), reverse=True))
        )
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
