"""Sets of characters that several modules need: scripts, and characters without a shape.

Each set is written as text to be put inside ``[...]`` of a regular expression.
"""

from __future__ import annotations

GREEK = "\u0370-\u03ff\u1f00-\u1fff"
CYRILLIC = "\u0400-\u052f"
HEBREW = "\u0590-\u05ff"
ARABIC = "\u0600-\u06ff"
DEVANAGARI = "\u0900-\u097f"
BENGALI = "\u0980-\u09ff"
TAMIL = "\u0b80-\u0bff"
THAI = "\u0e00-\u0e7f"
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
KANA = "\u3040-\u30ff"
HANGUL = "\uac00-\ud7af"

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff" + KANA + HAN
"""Scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han. Stored fingerprints depend on this set;
changing it would make copies of stored stories unrecognisable."""
UNBROKEN = UNSPACED + HANGUL + "\u3005-\u303f\U00020000-\U0003ffff"
"""Scripts in which a term may be any part of the text between two spaces: those in `UNSPACED`, signs of repetition and
rare ideographs, and Korean, whose particles are attached."""

INVISIBLE = (
    "".join(
        map(
            chr, (0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
        )
    )
    + "\ufff9\ufffa\ufffb"
)
"""Characters without a shape that can be removed without loss: soft hyphens, zero-width spaces, marks of reading
direction (which can disguise the order of a title), byte order marks, marks of annotation."""
JOINERS = "\u180e\u200c\u200d"
"""Characters without a shape that change the letters beside them; Persian, Hindi, Mongolian and emoji need them."""
