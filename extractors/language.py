"""The language of a text, from its letters: not what the page claims."""

from __future__ import annotations

import re

import py3langid

SAMPLE_CHARS = 4_000
"""Enough to be sure of; the classifier's time grows with the text."""
LETTERS_NEEDED = 24
"""Below this a guess is noise (a headline of three words)."""

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
KANA = re.compile(r"[\u3040-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")

# Everyday characters whose simplified and traditional forms differ: each pair by position.
SIMPLIFIED = frozenset(
    "国们这为说时会对发过来还没动经问学业区实开关长门间电车书见东风马飞鱼鸟万与专业两严丧个临丽举义乐习乡买乱争亏云产亲亿仅从仓仪价众优伙传伤伦伪体"
)
TRADITIONAL = frozenset(
    "國們這為說時會對發過來還沒動經問學業區實開關長門間電車書見東風馬飛魚鳥萬與專業兩嚴喪個臨麗舉義樂習鄉買亂爭虧雲產親億僅從倉儀價眾優夥傳傷倫偽體"
)

_SAME = {
    "nn": "no",
    "nb": "no",
    "wuu": "zh",
    "yue": "zh",
    "zxx": "",
    "arz": "ar",
    "ary": "ar",
    "hbo": "he",
    "grc": "el",
}


def text_language(text: str) -> str:
    """The BCP 47 tag of ``text``; ``zh-Hans`` or ``zh-Hant`` where the script tells, empty where nothing does."""
    sample = text[:SAMPLE_CHARS]
    if sum(map(str.isalpha, sample)) < LETTERS_NEEDED and not HAN.search(sample):
        return ""
    by_script = _east_asian(sample)
    if by_script:
        return by_script
    guess = str(py3langid.classify(sample)[0])
    return _SAME.get(guess, guess)


def _east_asian(sample: str) -> str:
    """The language the script alone proves, or empty. Kana is Japanese, Hangul Korean; Han without either Chinese."""
    han, kana, hangul = (len(pattern.findall(sample)) for pattern in (HAN, KANA, HANGUL))
    letters = sum(map(str.isalpha, sample)) or 1
    if (han + kana + hangul) / letters < 0.3:
        return ""
    if hangul > han + kana:
        return "ko"
    if kana > 0.08 * (han + kana):
        return "ja"
    return _chinese(sample)


def _chinese(sample: str) -> str:
    only_simplified, only_traditional = SIMPLIFIED - TRADITIONAL, TRADITIONAL - SIMPLIFIED
    simplified = sum(char in only_simplified for char in sample)
    traditional = sum(char in only_traditional for char in sample)
    if simplified > 2 * traditional:
        return "zh-Hans"
    if traditional > 2 * simplified:
        return "zh-Hant"
    return "zh"
