"""Clean the edges of an extracted text: the headline repeated, bylines, dates, promotions, picture credits."""

from __future__ import annotations

import re

from extractors.likeness import key
from extractors.page_phrases import PROMOTIONAL, RELATED_LABEL

HEAD_LINES = 8
"""Where furniture before a story ends; measured on the shared pages, no headline repeats later."""
SHORT_CHARS = 90
PROMOTION_CHARS = 160
OPENING_CHARS = 20
TAIL_LINES = 12
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
INITIALS = re.compile(r"\([\w./ ]{2,12}\)")
PLACEHOLDER = re.compile(r"^\W*(?:\$\$\w+\$\$|\{\{[^}]*\}\}|\[/?[a-z]+(?: [^\]]*)?\].*)\W*$")
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
    """``text`` without the furniture at its edges; ``headlines`` are spellings of the title, ``names`` of authors and site."""
    titles = {key(headline) for headline in headlines} - {""}
    known = {key(name) for name in names} - {""}
    lines = [line for line in text.split("\n") if key(line) and not _is_noise(line)]
    start = 0
    while start < min(len(lines), HEAD_LINES) and _before_story(lines[start], titles, known):
        start += 1
    head = [line for line in lines[start : start + HEAD_LINES] if not _before_story(line, titles, known)]
    kept = head + lines[start + HEAD_LINES :]
    return "\n".join(kept[: _story_end(kept, known)])


def _story_end(lines: list[str], known: set[str]) -> int:
    """How many of ``lines`` are the story: what follows is promotion, tags, notices and the short lines between them."""
    end = len(lines)
    for index in range(len(lines) - 1, max(0, len(lines) - TAIL_LINES - 1), -1):
        if _after_story(lines[index], known):
            end = index
        elif len(lines[index]) > SHORT_CHARS or end - index > 2:
            break
    return end


def _is_noise(line: str) -> bool:
    """Whether a line is no sentence of a story wherever it stands: a picture credit, a template's placeholder."""
    return bool(PLACEHOLDER.match(line)) or (len(line) <= SHORT_CHARS and bool(CREDIT.match(line)))


def _before_story(line: str, titles: set[str], known: set[str]) -> bool:
    folded = key(line)
    if not folded or folded in titles or folded in known:
        return True
    if any(len(title) > 20 and folded.endswith(title) and len(folded) < len(title) + 60 for title in titles):
        return True
    return len(line) <= SHORT_CHARS and bool(BYLINE.match(line) or DATE_LINE.match(line) or _is_date(line))


def _is_date(line: str) -> bool:
    return len(line) <= 60 and bool(YEAR.search(line) and ONLY_DATE.match(line)) and line[0] != "+" and line[-1] != "."


def _after_story(line: str, known: set[str]) -> bool:
    if key(line) in known or TAGS_LINE.match(line):
        return True
    promotion = PROMOTIONAL.search(line)
    if promotion and (len(line) <= PROMOTION_CHARS or promotion.start() <= OPENING_CHARS) and len(line) <= 2 * PROMOTION_CHARS:
        return True
    if len(line) > SHORT_CHARS:
        return False
    label = RELATED_LABEL.match(line)
    return bool(DATE_LINE.match(line) or _is_date(line) or (label and len(line) < 60) or INITIALS.fullmatch(line))
