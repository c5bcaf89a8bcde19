"""Decoding: evidence in the bytes outranks the declared charset."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.text import decoding
from fivegwatch.extractors.text.decoding import Kind, decode_document, is_plain_utf8
from tests.growth import assert_costs_in_proportion

POLISH = "Zażółć gęślą jaźń „5G” — 芯片"
FRENCH = "Le café où naît l’économie – très élevé à Besançon. "
CHINESE = "华为公司发布了新的芯片产品，市场反应热烈。"
JAPANESE = "ソニー半導体が新しい工場を建設する計画を発表した。"
KOREAN = "통신사가 5G 보안 취약점을 공개했다. 정부는 조사에 착수했다."
RUSSIAN = "Компания объявила о новом заводе по выпуску оборудования. "


def feed(text: str, codec: str, declared: str = "", bom: bytes = b"") -> bytes:
    label = f' encoding="{declared}"' if declared else ""
    return bom + f'<?xml version="1.0"{label}?><rss><title>{text}</title></rss>'.encode(codec, "replace")


def page(text: str, codec: str, declared: str = "") -> bytes:
    label = f'<meta charset="{declared}">' if declared else ""
    return f"<!doctype html><html><head>{label}</head><body><p>{text}</p></body></html>".encode(
        codec, "replace"
    )


@pytest.mark.parametrize(
    ("says", "kind", "body", "header", "text"),
    [
        ("a BOM", "feed", feed(POLISH, "utf-8", "utf-8", b"\xef\xbb\xbf"), "", POLISH),
        ("a BOM against the label", "feed", feed(POLISH, "utf-16-le", "utf-8", b"\xff\xfe"), "", POLISH),
        ("UTF-32 by its BOM", "feed", feed(POLISH, "utf-32-le", "", b"\xff\xfe\0\0"), "", POLISH),
        ("UTF-16 by its zeros", "feed", feed(POLISH, "utf-16-be", "utf-16"), "", POLISH),
        ("UTF-16 after a blank line", "feed", ("\n<rss>" + POLISH).encode("utf-16-le"), "", POLISH),
        ("UTF-16 after blanks", "page", ("\r\n <html>" + POLISH).encode("utf-16-be"), "", POLISH),
        ("UTF-16 in JSON", "feed", ('{"a":"' + POLISH).encode("utf-16-le"), "application/json", POLISH),
        ("UTF-32 by its zeros", "feed", feed(POLISH, "utf-32-be"), "", POLISH),
        ("UTF-32 the other way", "feed", feed(POLISH, "utf-32-le", "utf-8"), "", POLISH),
        ("a stray zero", "page", b"a\0b<p>" + POLISH.encode(), "", POLISH),
        ("UTF-8 without a word", "feed", feed(POLISH, "utf-8"), "text/xml", POLISH),
        (
            "UTF-8 against both labels",
            "page",
            page(POLISH, "utf-8", "gb2312"),
            "text/html; charset=latin-1",
            POLISH,
        ),
        ("UTF-16 claimed in ASCII", "feed", feed("plain", "ascii", "utf-16"), "", "plain"),
        (
            "latin-1 called utf-8",
            "feed",
            feed("café Müller", "latin-1", "utf-8"),
            "a/b; charset=utf-8",
            "café Müller",
        ),
        ("cp1252 called latin-1", "page", page(FRENCH, "cp1252", "iso-8859-1"), "", FRENCH),
        ("gb18030 called gb2312", "feed", feed("华为芯片€镕", "gb18030", "gb2312"), "", "华为芯片€镕"),
        ("cp932 called Shift_JIS", "feed", feed(JAPANESE + "①", "cp932", "Shift_JIS"), "", JAPANESE + "①"),
        (
            "the XML label over the header",
            "feed",
            feed(KOREAN, "euc-kr", "euc-kr"),
            "a/b; charset=utf-8",
            KOREAN,
        ),
        (
            "the header over the meta tag",
            "page",
            page(CHINESE, "gb18030", "big5"),
            "a/b; charset=gb18030",
            CHINESE,
        ),
        ("ISO-2022-JP", "feed", feed(JAPANESE, "iso2022_jp", "iso-2022-jp"), "", JAPANESE),
        ("an unknown label", "feed", feed("plain", "ascii", "x-klingon"), "", "plain"),
        ("gb18030 without a word", "page", page(CHINESE * 6, "gb18030"), "", CHINESE),
        ("a little gb18030 without a word", "feed", feed("华为芯片公司", "gb18030"), "", "华为芯片公司"),
        ("much gb18030 without a word or a space", "page", page(CHINESE * 900, "gb18030"), "", CHINESE),
        ("much euc-jp without a word or a space", "page", page("x" + JAPANESE * 900, "euc-jp"), "", JAPANESE),
        ("koi8-r without a word", "page", page(RUSSIAN * 6, "koi8-r"), "", RUSSIAN),
        ("euc-jp without a word", "page", page(JAPANESE * 6, "euc-jp"), "", JAPANESE),
        ("euc-kr without a word", "page", page(KOREAN * 6, "euc-kr"), "", KOREAN),
        ("a little French without a word", "page", page("été où", "cp1252"), "", "été où"),
        ("gzip named as a charset", "page", page("plain", "ascii"), "text/html; charset=zlib", "plain"),
    ],
)
def test_the_text_is_read_by(says: str, kind: Kind, body: bytes, header: str, text: str) -> None:
    assert text in decode_document(body, header, kind=kind)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("start", ["<html>", "\n<html>", '{"a":1}'])
def test_what_is_read_as_wide_characters_is_not_plain_utf8(codec: str, start: str) -> None:
    assert not is_plain_utf8(start.encode(codec))


def test_one_stray_byte_does_not_turn_the_page_into_another_charset() -> None:
    body = page(FRENCH * 20, "utf-8", "utf-8").replace(b"Le caf", b"Le \xff caf", 1)
    assert "Besançon" in decode_document(body, "", kind="page")


FEW = "It’s Huawei’s turn"
CUT = "“5G”".encode()[:-1]


@pytest.mark.parametrize("kind", ["feed", "page"])
@pytest.mark.parametrize("label", ["utf-8", ""])
@pytest.mark.parametrize(
    ("text", "damage"),
    [
        (FEW, CUT),
        ("It’s", "’".encode()[:2]),
        ("It’s", b" caf\xe9 \xa9 \xae 2026 "),
        ("café", "😀".encode()[:3]),
        ("café", b"\xa0"),
        ("公司", "片".encode()[:2]),
        ("“§”", b"x\x92s"),
    ],
)
def test_a_few_characters_that_are_utf8_outweigh_a_damaged_one(
    kind: Kind, label: str, text: str, damage: bytes
) -> None:
    document = (feed if kind == "feed" else page)(text + " @ end", "utf-8", label).replace(b"@", damage)
    read = decode_document(document, "", kind=kind)
    assert text in read and "\ufffd" in read


def test_two_surrogates_are_read_as_one_emoji() -> None:
    body = page("It’s @", "utf-8", "utf-8").replace(b"@", b"\xed\xa0\xbd\xed\xb8\x80")
    assert "It’s 😀" in decode_document(body, "", kind="page")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("LIBERTÉ» et ÉGALITÉ», l'été où l’on rêve à l'économie très élevée", "cp1252"),
        (FRENCH + "€ 5", "cp1252"),
        ("Сё " + RUSSIAN, "cp1251"),
        ("НАТО» и ООН» " + RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
    ],
)
def test_text_of_one_byte_a_character_is_not_utf8_for_a_pair_that_could_be(text: str, codec: str) -> None:
    body = page(text, codec, "utf-8")
    read = decode_document(body, f"text/html; charset={codec}", kind="page")
    assert text in read


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (CHINESE, "gb18030"),
        ("華為公司發布了新的晶片產品，市場反應熱烈。", "big5"),
        (JAPANESE, "euc-jp"),
        (KOREAN, "euc-kr"),
        (RUSSIAN, "cp1251"),
    ],
)
def test_a_legacy_page_called_utf8_is_read_by_its_bytes(text: str, codec: str) -> None:
    read = decode_document(page(text * 6, codec, "utf-8"), "text/html; charset=utf-8", kind="page")
    assert text in read


def test_the_time_for_damaged_text_is_in_proportion_to_its_size() -> None:
    def reading(size: int) -> Callable[[], object]:
        body = b"\xc3\xa9" * size + b"\xff" * 3 * size
        return lambda: decode_document(body, "", kind="page")

    assert_costs_in_proportion(reading, 20_000)


def test_windows_quotes_converted_as_latin1_become_quotes() -> None:
    body = "<p>the operator\x92s \x935G\x94 plan\x85 \x9d".encode()
    assert decode_document(body, "text/html; charset=utf-8", kind="page") == "<p>the operator’s “5G” plan… "


def test_utf7_is_never_decoded() -> None:
    text = decode_document(feed("+ADw-script+AD4-", "ascii", "utf-7"), "text/xml; charset=utf-7", kind="feed")
    assert "<script" not in text


def test_control_characters_and_the_byte_order_mark_are_removed() -> None:
    assert decode_document(b"\xef\xbb\xbfa\x00b\x1b[0m\x0bc\n", "", kind="page") == "ab[0mc\n"


@given(st.binary(max_size=300), st.sampled_from(["", "text/html; charset=euc-jp", "x; charset=\u20ac"]))
def test_any_bytes_have_a_text(body: bytes, header: str) -> None:
    for kind in ("feed", "page"):
        text = decode_document(body, header, kind=kind)
        text.encode("utf-8")
        assert "\0" not in text


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff"), min_size=1
    )
)
def test_utf8_is_read_as_it_is_whatever_the_label(text: str) -> None:
    body = "<p>é" + text
    assert decode_document(body.encode(), "text/html; charset=gb2312", kind="page") == body


OF_LANGUAGES = [
    (
        "cp1252",
        "Le déploiement de la 5G à Genève est retardé, où la sécurité reste à évaluer. L’Élysée l’a annoncé. ",
    ),
    (
        "cp1252",
        "La compañía señaló que la ley de España excluirá a los proveedores según el análisis del señor Muñoz. ",
    ),
    (
        "cp1252",
        "Svenska myndigheter förbjöd utrustning från Huawei i näten, och domstolen ansåg att säkerheten går före. ",
    ),
    (
        "cp1250",
        "Rząd przyjął ustawę, która pozwoli wykluczyć dostawców z sieci 5G. Źródła mówią, że łączny koszt rośnie. ",
    ),
    (
        "cp1250",
        "Česká vláda schválila zákon o páteřních sítích. Úřad uvedl, že čínské společnosti představují hrozbu. ",
    ),
    (
        "cp1254",
        "Türkiye'de 5G güvenliği için düzenleme hazırlandı; işletmecilerin ağ değişikliği için beş yılı olacak. ",
    ),
    (
        "cp1257",
        "Vyriausybė patvirtino įstatymą dėl 5G tinklų saugumo, kuris leis pašalinti nepatikimus tiekėjus. ",
    ),
]


@pytest.mark.parametrize(("codec", "text"), OF_LANGUAGES, ids=[text[:12] for _, text in OF_LANGUAGES])
def test_an_unknown_charset_label_leaves_the_choice_to_the_language_of_the_text(
    codec: str, text: str
) -> None:
    body = page(text * 12, codec)
    assert text in decode_document(body, "text/html; charset=x-unknown", kind="page")


@given(st.text(st.characters(exclude_categories=())))
def test_the_compiled_look_for_odd_characters_and_its_twin_agree(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        seen = decoding._any_odd(text)
        patch.setattr(decoding, "compiled", None)
        assert decoding._any_odd(text) == seen
