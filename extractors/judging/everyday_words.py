"""Everyday words and letters that confirm the detected language of a text.

The language detector names some language for any text, but a text without any word of that language must not be judged
by its terms. Three words or letters are enough (any two sentences have them). Added text never takes the confirmation
away, so the gates in front of the extractor can rule out a language for a whole page. A language that needs no
confirmation (`UNCONFIRMED`) is ruled out too if the page has too few of its letters and words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.plain import strip_invisible
from fivegwatch.extractors.text.scripts import (
    ARABIC,
    BENGALI,
    CYRILLIC,
    DEVANAGARI,
    GREEK,
    HAN,
    HANGUL,
    HEBREW,
    KANA,
    TAMIL,
    THAI,
)

ENOUGH = 3
"""How many different words or letters of a language confirm it."""
_FIRST_LOOKS = 30, 150, 600
"""How many first characters of a text are searched before all of it: nearly every text shows its language in them."""
_WORD = re.compile(r"\w+")
# Words that several languages share are listed with each; those common on English news pages (com, no, for) with none.
_WORDS = {
    "af": ("vir hulle deur sy hy sal gaan baie teen wees sê nie het in van dat"),
    "az": (
        "üçün olaraq kimi qədər olan görə deyil edib tərəfindən bir bu sonra ilə və olub edilib ki daha var"
    ),
    "bs": (
        "koji koja koje nije kao što ili biti već samo kako nakon zbog između godine iz prema je na se za "
        "da od su će bi u moraju mora svoje svi"
    ),
    "ca": (
        "els amb però aquest aquesta segons també això dels fins quan les que ha al del pel el la per una "
        "van hauran seva seu"
    ),
    "cs": (
        "které který která jsou není podle své při jeho jejich uvedl může kde když však mezi proti nebo kteří "
        "už že jen byl byla bylo jako se na je za ve po od ho co pro aby"
    ),
    "da": (
        "og ikke af fra skal også efter når ved være hos blive havde til på mod som det men vil siger blev "
        "over nu kommer sig ind ud har tog sagen selskabet siden kunne måtte deres"
    ),
    "de": (
        "und ist nicht mit sich auf für ein eine einen einem einer auch wird wurde sind zum zur nach über aus "
        "oder noch aber hat haben dass bei seit mehr nur kann können beim vom gegen von der dem den im das "
        "wie zu"
    ),
    "es": (
        "el los y pero según hasta fue sin también cuando muy donde hacia ante aunque porque siendo dijo así "
        "desde durante está una con del por eso ese estos otros contra hay las su sus al han lo tras más"
    ),
    "fi": (
        "että hän oli mutta myös ovat joka kun kuin niin mukaan jälkeen sekä hänen vielä "
        "nyt olla ollut voi sitä tämä tämän kanssa noin yli mitä siitä jotka vuonna ennen ilman olivat koska "
        "jos kaikki kertoo sanoo eikä jonka joiden joita joka oman sama"
    ),
    "fr": (
        "une dans est qui sur avec aux cette ont été être sont nous vous leur selon après elle ainsi où chez "
        "ses pour depuis deux fait leurs lors dont avoir peut par cela sous au les pas et du le des"
    ),
    "gl": ("unha polo pola tamén xa ata cun dunha foron coa máis súa que non os para do da"),
    "hr": (
        "koji koja koje nije kao što ili biti već samo kako nakon zbog između godine iz prema je na se za "
        "da od su će bi v u moraju mora napad svoje svi"
    ),
    "hu": (
        "hogy volt már csak még után mint ezt azt ez lesz szerint által között ami aki amely "
        "pedig vagy akik több majd kell nagyon ahol amikor alatt miatt minden ezek azok és "
        "voltak ellen így itt két"
    ),
    "id": (
        "yang dan di itu ini sedang baru waktu dari untuk dengan pada dalam tidak akan oleh juga sebagai telah ke "
        "karena bisa mereka saat kata atau kepada lebih sudah dapat harus seperti antara secara tersebut bahwa hanya "
        "belum masih namun menjadi adalah dia kami kita lalu tanpa setelah hingga"
    ),
    "it": (
        "gli di della delle dei degli che nel nella sono più anche dal dalla questo questa essere hanno dopo "
        "dello sul sulla stato loro perché il dai nei con una per non alla del"
    ),
    "lb": ("vun datt fir sech gëtt awer huet nees vum hunn déi wéi och op een mat dat net"),
    "et": (
        "ja on ei kui et see ka oma mis selle aga ning oli kes pärast ütles veel olid nende aasta eest "
        "peale peavad peab kuni saab kus üle nii tema meie riigi oleks"
    ),
    "lt": (
        "ir kad su iš tai bet jis yra buvo kaip už apie dėl po per nuo savo kuris taip pat metų šiuo prieš "
        "turės gali nėra tačiau kuri tarp dar kai"
    ),
    "lv": (
        "un ir no ka par ar uz kas bet arī pēc kā ja tas gan vai viņš tika savu šajā gada to pie tiek līdz "
        "nav kurš vairāk jau tikai ko starp"
    ),
    "ms": (
        "yang dan di itu ini sedang baru waktu dari untuk dengan pada dalam tidak akan oleh juga sebagai telah ke "
        "kerana boleh mereka kata atau kepada lebih sudah dapat perlu seperti antara secara tersebut bahawa hanya "
        "belum masih namun menjadi adalah beliau kami kita tanpa selepas hingga daripada"
    ),
    "nl": (
        "een niet zijn voor ook naar wordt bij heeft hebben werd deze uit maar door geen meer zich hij zij "
        "wij omdat tegen onder volgens nog tot zou kunnen moet van het dit is op te"
        " als dan nieuwe jaar wil gaat waar zo hebben veel weer"
    ),
    "no": (
        "og ikke fra skal også etter når ved være hos bli hadde til på mot som det men vil sier ble over nå "
        "kommer seg inn ut har tok saken selskapet siden kunne måtte henne deres"
    ),
    "pl": (
        "jest przez jak oraz który która które był była było także może tylko tego jego został już można być "
        "tym dla przed roku ale po że do w z na od to nie"
    ),
    "pt": (
        "os uma não são foi pelo pela também ao aos isso tem após você depois ainda pelos sua foram está dos "
        "seu já pelas estão sem sobre disse ele ela em é à às até mais nas ou com na do da ser que"
    ),
    "ro": ("din pentru fost sunt prin după către acest această într într-o că și să în mai cu nu la"),
    "sk": (
        "ktoré ktorý ktorá podľa bol bolo aj uviedol môže keď medzi vo pri alebo ako však jeho ešte tiež sa "
        "na je za po od aby"
    ),
    "sl": (
        "tudi kot še bo smo jih kjer lahko ker bil bila več leta pri pa iz ki med je na za da po ali bi "
        "morajo mora zaradi bodo v kar svoje njihove glede vsi"
    ),
    "sv": (
        "och att är inte ett till från ska också efter eller när där enligt vid sina jag detta mot som av på "
        "det men vi hade blev nu över kommer"
    ),
    "sw": (
        "ya na wa kwa ni katika hii hiyo baada zaidi lakini pia huo hizo kuwa kama alisema ambayo watu hilo "
        "la cha vya kwamba wao wake yake lao"
    ),
    "tr": (
        "bir bu için olarak daha gibi çok kadar olan göre ancak değil oldu olduğunu etti tarafından sonra ile "
        "yeni ve ise dedi edildi yapılan ilgili karşı arasında üzere yıl kişi ifade söyledi açıkladı eden "
        "ediyor önce büyük iki her son olduğu en"
    ),
}
_LETTERS = {
    "az": "əğış", "bs": "ćđščž", "cs": "ěřůščžý", "da": "æøå", "de": "äöüß", "es": "ñ¿¡", "et": "õäöü",
    "fi": "äö", "fr": "œûèùî", "hr": "ćđščž", "hu": "őűáéíóú", "lt": "ėęįųūž",
    "lv": "āēīūģķļņ", "no": "æøå", "pl": "ąęłńśźż", "pt": "ãõç",
    "ro": "ășțşţ", "sk": "ľĺŕťďňčšž", "sl": "čšž", "sv": "åäö", "tr": "ğışü",
    "vi": "đơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
}  # fmt: skip
_SCRIPTS = {
    "el": re.compile(f"[{GREEK}]"),
    "he": re.compile(f"[{HEBREW}]"),
    "th": re.compile(f"[{THAI}]"),
    **dict.fromkeys(("be", "bg", "mk", "ru", "sr", "uk"), re.compile(f"[{CYRILLIC}]")),
    **dict.fromkeys(("ar", "fa", "ur"), re.compile(f"[{ARABIC}]")),
    **dict.fromkeys(("hi", "mr", "ne"), re.compile(f"[{DEVANAGARI}]")),
    "bn": re.compile(f"[{BENGALI}]"),
    "ja": re.compile(f"[{KANA}{HAN}]"),
    "ko": re.compile(f"[{HANGUL}]"),
    "ta": re.compile(f"[{TAMIL}]"),
    "zh": re.compile(f"[{HAN}]"),
}
_WORDS |= {"nb": _WORDS["no"], "nn": _WORDS["no"]}
UNCONFIRMED = frozenset({"el", "fi", "he", "hu", "id", "ms", "nb", "nn", "th"})
"""Languages that need no confirmation, so that a headline alone is judged by their terms. Only a whole page with
too few of their words and letters rules them out."""
_ONE_IS_ENOUGH = frozenset({"fi", "hu", "id", "ms"})
"""Languages that a single word or letter confirms, because a short text may have no more."""
_WORD_SETS: Mapping[str, frozenset[str]] = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_NONE = frozenset[str]()
_BY_WORD, _BY_LETTER = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
"""The languages of each word and of each letter."""
for _signs, _by_sign in ((_WORD_SETS, _BY_WORD), (_LETTERS, _BY_LETTER)):
    for _code, _own in _signs.items():
        for _sign in set(_own):
            _by_sign[_sign].append(_code)
_TABLE = compiled.word_table(_BY_WORD) if compiled else b""


def confirms(language: str, text: str) -> bool:
    """Whether ``text`` has ``ENOUGH`` words or letters of ``language`` (BCP 47), or that language needs no
    confirmation."""
    code = primary_of(language)
    if code in UNCONFIRMED or not _is_known(code):
        return True
    for chars in _FIRST_LOOKS:
        first = text[:chars]
        # Cut at a blank, because half a word may look like another word. Half a word has the letters of its script.
        if _confirm(code, *_look_at(first if code in _SCRIPTS else first.rpartition(" ")[0])):
            return True
    return _confirm(code, *_look_at(text))


def languages_shown(texts: Iterable[str], codes: Iterable[str]) -> frozenset[str]:
    """The languages among ``codes`` (primary subtags) in which the texts of a page may be written, in any Unicode
    form."""
    looks = [_look_at(form) for text in texts for form in _forms(text)]
    words = set[str]().union(*(some for some, _ in looks))
    letters = "".join(set[str]().union(*(some for _, some in looks)))
    by_word = (_BY_WORD.get(word, ()) for word in words)
    other_script = any(letter >= "\u0370" for letter in letters)
    signs = Counter(chain.from_iterable((*by_word, *(_BY_LETTER.get(letter, ()) for letter in letters))))
    return frozenset(
        code
        for code in codes
        if not _is_known(code)
        or (
            other_script and _confirm(code, words, letters)
            if code in _SCRIPTS
            else signs[code] >= _enough(code)
        )
    )


def primary_of(language: str) -> str:
    """The primary subtag of a BCP 47 tag, in lower case."""
    return language.replace("_", "-").split("-")[0].lower()


def _is_known(code: str) -> bool:
    return code in _WORD_SETS or code in _LETTERS or code in _SCRIPTS


def _forms(text: str) -> Iterable[str]:
    """``text``, and the form in which extraction may return it: without invisible characters, accents composed."""
    yield text
    if not text.isascii():
        plain = strip_invisible(text)
        if not unicodedata.is_normalized("NFC", plain):
            plain = unicodedata.normalize("NFC", plain)
        if plain is not text:
            yield plain


def _confirm(code: str, words: set[str], letters: str) -> bool:
    """Whether at least ``ENOUGH`` of the words and letters (one for `_ONE_IS_ENOUGH`) belong to the language
    ``code``."""
    if (script := _SCRIPTS.get(code)) is not None:
        return len(script.findall(letters)) >= ENOUGH
    known, enough = len(_WORD_SETS.get(code, _NONE) & words), _enough(code)
    return known >= enough or known + sum(map(letters.__contains__, _LETTERS.get(code, ""))) >= enough


def _enough(code: str) -> int:
    return 1 if code in _ONE_IS_ENOUGH else ENOUGH


def _look_at(text: str) -> tuple[set[str], str]:
    """A superset of the everyday words of a text, and the letters of its words, in small letters."""
    # The small form of a capital dotted I has its dot as a character of its own, which would end the word.
    small = text.lower().replace("i\u0307", "i")
    return compiled.words_seen(small, _TABLE) if compiled else look_by_patterns(small)


def look_by_patterns(text: str) -> tuple[set[str], str]:
    """Pure-Python twin of `native.words_seen`, used where no compiler was available."""
    # No word contains a blank, and most stretches between blanks occur many times.
    words = set(_WORD.findall(" ".join(set(text.split()))))
    return words, "".join(set().union(*words))
