"""The news agency that a text credits in its dateline or closing line."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = {
    "reuters": r"Reuters|路透社?|ロイター|رويترز|Рейтер|로이터",
    "ap": r"AP|Associated Press|美联社|美聯社",
    "afp": r"AFP|Agence France-Presse|法新社|فرانس برس",
    "bloomberg": r"Bloomberg|彭博",
    "dpa": r"dpa(?:-AFX|-infocom)?",
    "efe": r"EFE",
    "europapress": r"Europa ?Press|EP",
    "ansa": r"ANSA|Adnkronos|AGI",
    "lusa": r"Lusa",
    "anp": r"ANP",
    "belga": r"Belga",
    "apa": r"APA|APA-OTS",
    "keystone-sda": r"Keystone-SDA|sda|SDA",
    "pap": r"PAP",
    "ctk": r"ČTK",
    "tt": r"TT",
    "ntb": r"NTB",
    "ritzau": r"Ritzau",
    "stt": r"STT",
    "tass": r"TASS|ТАСС",
    "interfax": r"Interfax|Интерфакс|Інтерфакс(?:-Україна)?",
    "ria": r"РИА Новости|RIA Novosti",
    "ukrinform": r"Ukrinform|Укрінформ",
    "anadolu": r"Anadolu(?: Agency| Ajansı)?|AA",
    "xinhua": r"Xinhua|新华社|新華社",
    "cna": r"CNA|中央社",
    "kyodo": r"Kyodo(?: News)?|共同(?:通信)?",
    "jiji": r"Jiji(?: Press)?|時事(?:通信)?",
    "yonhap": r"Yonhap|연합뉴스",
    "pti": r"PTI|पीटीआई",
    "ani": r"ANI|एएनआई",
    "ians": r"IANS|आईएएनएस",
    "bernama": r"Bernama",
    "antara": r"ANTARA",
    "vna": r"VNA|TTXVN",
    "spa": r"SPA|واس",
    "wam": r"WAM|وام",
    "pr-newswire": r"PR ?Newswire|PRNewswire",
    "business-wire": r"BUSINESS WIRE|Business Wire",
    "globe-newswire": r"GLOBE ?NEWSWIRE|GlobeNewswire|GlobeNewsWire",
}
_ANY: Final = "|".join(f"(?P<{slug.replace('-', '_')}>{names})" for slug, names in _NAMES.items())
# A dateline: "LONDON, May 4 (Reuters) - ...", "(dpa) - ...", "PARIS (AFP) – ...", "新华社北京5月4日电".
_BRACKETS: Final = re.compile(rf"[(（\[/]\s*(?:{_ANY})(?:\s*[/,][^)）\]]{{0,40}})?\s*[)）\]/]")
_OPENING: Final = re.compile(rf"(?:{_ANY})(?:\s*[-–—:|]\s|[\u4e00-\u9fff]{{1,12}}\d)")
# A credit line: "Source: Reuters", "Quelle: dpa", "(con información de EFE)", "© AFP".
_CREDIT: Final = re.compile(
    rf"(?:\b(?:source|sources|quelle|fuente|fonte|źródło|zdroj|kilde|källa|bron|kaynak|via|by|von|with|mit"
    rf"|Источник|Джерело)\b\s*:?\s*|来源[:：]\s*|來源[:：]\s*|المصدر[:：]\s*|©\s*(?:\d{{4}}\s*)?)(?:{_ANY})(?!\w)",
    re.IGNORECASE,
)
_HEAD: Final = 160
_TAIL: Final = 200


def agency_of(text: str) -> str:
    """Slug of the agency that the dateline or the closing credit of ``text`` names; empty when none is named."""
    head, tail = text[:_HEAD], text[-_TAIL:].rsplit("\n", 2)
    credit = _BRACKETS.search(head) or _OPENING.match(head) or _CREDIT.match(head)
    for line in reversed(tail):
        credit = credit or _CREDIT.match(line.strip()) or _BRACKETS.fullmatch(line.strip().rstrip("."))
    return credit.lastgroup.replace("_", "-") if credit and credit.lastgroup else ""
