"""Clean the edges of an extracted text: the headline repeated, bylines, dates, promotions, picture credits."""

from __future__ import annotations

import re

from extractors.likeness import key
from extractors.page_phrases import PROMOTIONAL, RELATED_LABEL

HEAD_LINES = 8
"""Where furniture before a story ends; measured on the shared pages, no headline repeats later."""
SHORT_CHARS = 90
PROMOTION_CHARS = 300
CREDIT = re.compile(
    r"^[\W_]*(?:photos?|foto(?:s|grafía)?|fotoğraf|bild(?:quelle)?|titelbild|image|imagen|images?|picture|illustration|credits?|crédit(?: photo)?s?|source|quelle|kuva|zdroj|źródło|fuente|fonte|фото|источник|写真|图源|사진)"
    r"\s*(?:credit|by|via|:|©|/)",
    re.IGNORECASE,
)
BYLINE = re.compile(
    r"^[\W_]*(?:by|von|par|por|di|da|door|av|af|od|autor(?:in|a|es|zy)?|author|text|written by|reporting by|tekst|автор|作者|記者|记者|文)\b[\s:/|]+\S",
    re.IGNORECASE,
)
DATE_LINE = re.compile(
    r"^[\W_]*(?:(?:last )?(?:published|updated|posted|modified|release date)|(?:zuletzt )?(?:aktualisiert|veröffentlicht|stand|erstellt)|publié|mis à jour|publicad[oa]|actualizad[oa]|atualizad[oa]|publikováno|opublikowano|aktualizacja|uppdaterad|publi[cs]er(?:ad|t)|oppdatert|pubblicato|aggiornato|опубликовано|обновлено|发布时间|發布時間|公開日|更新日|입력|수정)\b",
    re.IGNORECASE,
)
ONLY_DATE = re.compile(r"^[\W\d_]*(?:[^\W\d_]{1,12}[\W\d_]+){0,5}$")
TAGS_LINE = re.compile(
    r"^[\W_]*(?:tags?|topics?|themen|schlagw(?:ort|orte|örter)|etiquetas|etiketler|temas|tópicos|keywords|stichworte|mots[- ]clés|argomenti|теги|метки|标签|標籤|キーワード|태그)\s*(?:[:：]|$)",
    re.IGNORECASE,
)


def trim_lines(text: str, *, headlines: tuple[str, ...], names: tuple[str, ...]) -> str:
    """``text`` without the furniture at its edges; ``headlines`` are spellings of the title, ``names`` authors and site."""
    lines = [line for line in text.split("\n") if line.strip()]
    titles = {key(headline) for headline in headlines} - {""}
    known = {key(name) for name in names} - {""}
    start = 0
    kept = []
    body_seen = False
    for index, line in enumerate(lines):
        if not body_seen and index < HEAD_LINES and _before_story(line, titles, known):
            continue
        body_seen = body_seen or len(line) > SHORT_CHARS * 2
        if _anywhere(line):
            continue
        kept.append(line)
    while len(kept) > 1 and _after_story(kept[-1], known):
        kept.pop()
    return "\n".join(kept)


def _before_story(line: str, titles: set[str], known: set[str]) -> bool:
    folded = key(line)
    if not folded or folded in titles or folded in known:
        return True
    if any(len(title) > 20 and folded.endswith(title) and len(folded) < len(title) + 60 for title in titles):
        return True
    if len(line) > SHORT_CHARS:
        return False
    return bool(BYLINE.match(line) or DATE_LINE.match(line) or _is_date(line))


def _is_date(line: str) -> bool:
    return (
        sum(map(str.isdigit, line)) >= 4
        and len(line) <= 60
        and bool(ONLY_DATE.match(line))
        and not line.rstrip().endswith(".")
    )


def _anywhere(line: str) -> bool:
    if len(line) > SHORT_CHARS:
        return False
    return bool(CREDIT.match(line))


def _after_story(line: str, known: set[str]) -> bool:
    if not key(line) or key(line) in known:
        return True
    if len(line) > PROMOTION_CHARS:
        return False
    if PROMOTIONAL.search(line) or TAGS_LINE.match(line):
        return True
    if len(line) > SHORT_CHARS:
        return False
    label = RELATED_LABEL.match(line)
    return bool(
        DATE_LINE.match(line)
        or _is_date(line)
        or (label and len(line) < 60)
        or re.fullmatch(r"\([\w./ ]{2,12}\)", line)
    )
