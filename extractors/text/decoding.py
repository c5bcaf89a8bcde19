"""Decodes the bytes of a feed or page into text; evidence in the bytes outranks the declared charset.

Standard: WHATWG Encoding (labels), RFC 3629 (UTF-8), XML 1.0 appendix F (declarations).
"""

from __future__ import annotations

import codecs
import re
from typing import Literal

import numpy as np
from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.text.plain import CONTROLS, strip_controls
from fivegwatch.extractors.web.media_types import charset

Kind = Literal["feed", "page"]

_XML_DECLARATION = re.compile(rb"<\?xml\b[^>]{0,400}?\bencoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})")
_NON_ASCII = re.compile(rb"[\x80-\xff]+")
# C1 controls that are quotes and dashes of windows-1252, wrongly converted to Unicode as latin-1.
_C1 = re.compile("[\x80-\x9f]")
_ODD = np.zeros(0x10001, dtype=np.bool_)
_ALL = "".join(map(chr, range(0x10000)))
_ODD[[match.start() for pattern in (CONTROLS, _C1) for match in pattern.finditer(_ALL)]] = True
"""True for the codes that ``finish_text`` changes; the last element is for all higher codes."""
_HIGH = bytes(range(128, 256))
_TAGS = re.compile(rb"<[^<>]{0,2000}>")
# Ignored when declared: utf-7 hides markup in ASCII; utf-16 and utf-32 are recognised by BOM or NUL.
_NEVER = frozenset(
    {"utf-7", "utf_7", "utf-8-sig", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
)
_WIDE = re.compile(r"utf[-_]?(16|32)")
# Text decoded with the right charset has at most this many replacement characters per other non-ASCII character.
_STRAY = 0.05
# That limit if the document declares utf-8 or nothing: its bad bytes are then a quotation in another charset.
_STRAY_EXPECTED = 0.34
# Runs of characters outside ASCII with at most one unreadable. Text in another charset hardly ever decodes to these:
# a pair of bytes that looks like UTF-8 is next to others that do not.
_SOUND = re.compile(
    "(?<![^\x00-\x7f])(?:[^\x00-\x7f\ufffd]++(?:\ufffd[^\x00-\x7f\ufffd]*+)?+|\ufffd[^\x00-\x7f\ufffd]++)(?![^\x00-\x7f])"
)
# A character beyond the BMP as two surrogates of three bytes each (CESU-8), as Java and old MySQL write emoji.
_SURROGATES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_ZEROS: dict[tuple[bool, ...], str] = {
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False, True, False): "utf-16-be",
    (False, True, False, True): "utf-16-le",
}
"""The positions of zero bytes among the first four bytes, by encoding."""
_BEGINNINGS = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
_SAMPLE_BYTES = 16_384
_GUESS_MIN_BYTES = 64
_GUESSES = [
    "gb18030", "big5", "cp932", "euc_jp", "euc_kr", "cp1251", "koi8_r", "cp1250", "cp1252",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "iso8859_2", "iso8859_5",
    "iso8859_7", "iso8859_9",
]  # fmt: skip
_CENTRAL = frozenset({"pl", "cs", "sk", "hu", "sl", "hr", "bs", "sr", "ro", "sq"})
_TURKIC = frozenset({"tr", "az", "ku"})
_LATIN_CODECS = {
    "cp1250": _CENTRAL, "iso8859_2": _CENTRAL, "cp1254": _TURKIC, "iso8859_9": _TURKIC,
    "cp1257": frozenset({"lt", "lv", "et"}), "cp1258": frozenset({"vi"}),
}  # fmt: skip
"""Codecs of Latin letters other than windows-1252, each with the languages written in it."""


def decode_document(body: bytes, content_type: str, *, kind: Kind) -> str:
    """The text of a feed or page, without control characters and byte order mark. It never fails.

    ``content_type`` is the header as received, or empty. Tried in this order: BOM, UTF-16 and UTF-32 by their zeros, a
    declared stateful charset, strict UTF-8, nearly UTF-8, the declared charsets, a guess, windows-1252.
    """
    return finish_text(_decode(body, _declared(body, content_type, kind)).removeprefix("\ufeff"))


def finish_text(text: str) -> str:
    """Decoded ``text`` without control characters; C1 controls become the quotes and dashes of windows-1252."""
    if not _any_odd(text):
        return text
    return strip_controls(text if text.isascii() else _C1.sub(_as_windows, text))


def _any_odd(text: str) -> bool:
    """True if ``text`` has characters that ``finish_text`` changes. It takes a tenth of the time of a regular
    expression."""
    if compiled:
        return bool(compiled.has_any(text, _ODD))
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return bool(_ODD[np.minimum(codes, len(_ODD) - 1)].any())


def is_plain_utf8(body: bytes) -> bool:
    """True if :func:`decode_document` certainly reads ``body`` as UTF-8, whatever charset it declares. Fast.

    Also False for some UTF-8 bodies, for example with escape characters, which may belong to another charset.
    """
    marked = body[:2] in (b"\xff\xfe", b"\xfe\xff") or body[:4] == b"\0\0\xfe\xff"
    if marked or b"\x1b" in body or _utf_16_or_32(body):
        return False
    if compiled:
        return bool(compiled.is_utf8(body))
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf_16_or_32(body: bytes) -> str:
    """The name of UTF-16 or UTF-32 for a body without a byte order mark, by the positions of zero bytes among the first
    four; else empty.

    Markup and JSON begin with two ASCII characters (RFC 4627 3, XML 1.0 appendix F).
    """
    start = body[:4]
    if b"\0" not in start:
        return ""
    if start[:2] in (b"<\0", b"\0<") and start[2:] != b"\0\0":
        return "utf-16-le" if start[0] else "utf-16-be"
    zeros = tuple(code == 0 for code in start)
    return _ZEROS.get(zeros, "") if all(code in _BEGINNINGS for code in start if code) else ""


def _as_windows(match: re.Match[str]) -> str:
    return match.group().encode("latin-1").decode("cp1252", "ignore")


def _declared(body: bytes, content_type: str, kind: Kind) -> list[str]:
    """The Python codecs of the declared charsets, the most credible first."""
    header = charset(content_type)
    if kind == "feed":
        match = _XML_DECLARATION.search(body[:2_000])
        labels = [match.group(1).decode("ascii") if match else None, header]
    else:
        labels = [header, html_body_declared_encoding(body[:8_192])]
    names: list[str] = []
    for label in labels:
        name = _codec(label)
        if name and name not in names:
            names.append(name)
    return names


def _codec(label: str | None) -> str | None:
    if not label:
        return None
    name: str | None = resolve_encoding(label)
    if not name or name.lower() in _NEVER or _WIDE.match(name.lower()):
        return None
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    # hex and zlib are codecs too, but not of text.
    return info.name if getattr(info, "_is_text_encoding", True) and info.name not in _NEVER else None


def _decode(body: bytes, declared: list[str]) -> str:
    bom, mark = read_bom(body)
    if bom:
        return body[len(mark or b"") :].decode(bom, "replace")
    if wide := _utf_16_or_32(body):
        return body.decode(wide, "replace")
    for name in declared:
        if name.startswith("iso2022") and b"\x1b" in body:
            return body.decode(name, "replace")
    if body.isascii():
        return body.decode("ascii")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = _nearly_utf8(body, expected=not declared or declared[0] == "utf-8")
    if text is not None:
        return text
    return _decode_legacy(body, [name for name in declared if name != "utf-8"])


def _nearly_utf8(body: bytes, *, expected: bool) -> str | None:
    """``body`` read as UTF-8 with replacement characters; None if another charset is more likely.

    If UTF-8 is ``expected``, a few valid multi-byte characters are enough: an English text has a dozen curly quotes,
    one of which may be cut. Text in another charset hardly ever has one by chance.
    """
    mended = _SURROGATES.sub(_one_character, body)
    text = mended.decode("utf-8", "replace")
    bad = text.count("\ufffd") - mended.count(b"\xef\xbf\xbd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    if bad <= (_STRAY_EXPECTED if expected else _STRAY) * good:
        return text
    if not expected or bad > 4 * good:
        return None
    sound = "".join(_SOUND.findall(text)).replace("\ufffd", "").encode()
    return text if bad <= len(sound) else None


def _one_character(pair: re.Match[bytes]) -> bytes:
    halves = pair.group().decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    return halves.decode("utf-16-le").encode()


def _decode_legacy(body: bytes, declared: list[str]) -> str:
    for name in declared:
        try:
            return body.decode(name)
        except UnicodeError:
            continue
    for name in declared:
        text = _nearly(body, name, _STRAY)
        if text is not None:
            return text
    return body.decode(_guess(body), "replace")


def _nearly(body: bytes, name: str, share: float) -> str | None:
    """``body`` read as codec ``name`` with replacement characters; None if these are more than ``share`` times the
    other non-ASCII characters."""
    text = body.decode(name, "replace")
    bad = text.count("\ufffd")
    other = len(text) - len(text.encode("ascii", "ignore")) - bad
    return text if bad <= share * other else None


def _guess(body: bytes) -> str:
    """The likely codec of a body that no declared charset fits, found by statistics if the body has at least
    ``_GUESS_MIN_BYTES`` bytes outside ASCII."""
    if len(body) - len(body.translate(None, _HIGH)) < _GUESS_MIN_BYTES:
        return _guess_short(_NON_ASCII.findall(body))
    sample = _TAGS.sub(b" ", body)
    first = _NON_ASCII.search(sample)
    start = max(0, first.start() - 64) if first else 0
    guesses = [
        best
        for part in _whole_characters(sample[start : start + _SAMPLE_BYTES])
        if (best := from_bytes(part, cp_isolation=_GUESSES).best()) is not None
    ]
    if not guesses:
        return "cp1252"
    codec = min(guesses, key=lambda best: (best.chaos, -best.coherence)).encoding
    return _by_language(sample[start : start + _SAMPLE_BYTES], codec)


def _by_language(sample: bytes, codec: str) -> str:
    """``codec``, or the codec of Latin letters in which the language of the text is written.

    These codecs differ in a few letters only: statistics take French in windows-1252 for windows-1250, and Polish for
    windows-1257, while the language is clear with any of them.
    """
    if codec != "cp1252" and codec not in _LATIN_CODECS:
        return codec
    for name in dict.fromkeys((codec, *_LATIN_CODECS)):
        language = primary_subtag(text_language(sample.decode(name, "replace")))
        if language in _LATIN_CODECS.get(name, ()):
            return name
    return "cp1252"


def _whole_characters(sample: bytes) -> list[bytes]:
    """The sample cut between two characters; two variants if it is unclear where a character ends."""
    if len(sample) < _SAMPLE_BYTES:
        return [sample]
    # Space, line feed and "<" are never the second byte of a character.
    cut = max(sample.rfind(mark) for mark in (b" ", b"\n", b"<"))
    return [sample[:cut]] if cut > len(sample) // 2 else [sample, sample[:-1]]


def _guess_short(parts: list[bytes]) -> str:
    """``gb18030`` for a short text whose non-ASCII bytes are runs of Chinese characters, else ``cp1252``.

    Western text has single accents; only East Asian and non-Latin text has long runs. Of the pairs of bytes only those
    of GB2312's common characters (first B0-F7, second A1-FE) can be recognised without statistics.
    """
    runs = b"".join(parts)
    pairs = len(runs) >= 8 and len(runs) >= 4 * len(parts) and all(len(part) % 2 == 0 for part in parts)
    if (
        pairs
        and all(0xB0 <= lead <= 0xF7 for lead in runs[::2])
        and all(0xA1 <= t <= 0xFE for t in runs[1::2])
    ):
        return "gb18030"
    return "cp1252"
