"""Makes the forms of a verb from its infinitive, as news uses them to report bans, removals, spying and break-ins.

The tables have the regular endings of each class of verbs, so that a watchlist names a verb once (``prohibir~``)
instead of a dozen forms. Irregular stems are terms of their own. Forms are folded, like the texts in which they are
found, and match whole words only: ``borrar~`` finds ``borraron`` and never ``borrador``.
"""

from __future__ import annotations

from fivegwatch.extractors.text.folding import fold_term

# Per language: the infinitive's ending, longest first, and the endings that replace it.
_CLASSES: dict[str, tuple[tuple[str, str], ...]] = {
    "es": (
        ("uir", (
            "uir uye uyen uyes uyo uyó uyeron uyendo uya uyan uyera uyeran uido uida uidos uidas uimos "
            "uía uían uirá uirán uiría uirían"
        )),
        ("ar", (
            "ar a as an amos o e en ó é aron aba aban ando ado ada ados adas ará arán aremos aría arían "
            "ara aran ase arse arlo arla arlos arlas"
        )),
        ("er", (
            "er e es en emos o ió ieron ía ían iendo ido ida idos idas erá erán ería erían iera ieran a "
            "an erse erlo erla"
        )),
        ("ir", (
            "ir e es en imos o ió ieron ía ían iendo ido ida idos idas irá irán iría irían iera ieran a "
            "an irse irlo irla"
        )),
    ),
    "pt": (
        ("ar", (
            "ar a as am amos o e em ou aram ava avam ando ado ada ados adas ará arão aria ariam asse "
            "assem arem ar-se"
        )),
        ("er", (
            "er e es em emos o eu eram ia iam endo ido ida idos idas erá erão eria eriam esse essem erem "
            "a am"
        )),
        ("ir", (
            "ir e es em imos o iu iram ia iam indo ido ida idos idas irá irão iria iriam isse issem irem "
            "a am"
        )),
    ),
    "it": (
        ("are", (
            "are a i o iamo ano ino ando ato ata ati ate ava avano ò arono erà eranno erebbe erebbero "
            "arsi arlo"
        )),
        ("ere", (
            "ere e i o iamo ono endo uto uta uti ute eva evano é ette erono ettero erà eranno erebbe a "
            "ano ersi"
        )),
        ("ire", (
            "ire e i o iamo ono endo ito ita iti ite iva ivano ì irono irà iranno irebbe isce iscono isca "
            "iscano a ano irsi"
        )),
    ),
    "fr": (
        ("er", "er e es ons ez ent é ée és ées ait aient ant era eront erait eraient a èrent"),
        ("ir", "ir it is issent issons issant issait issaient i ie ies ira iront irait irent"),
    ),
    "cs": (
        ("ovat", (
            "ovat uje uji ujeme ujou ují oval ovala ovali ovalo ovaly ován ována ováno ováni ovány ování "
            "ovaný ované ovaná ovaných ujíc"
        )),
        ("nout", "nout ne nou neme nul nula nuli nulo nuly nut nuta nuto nuti nuty nutí"),
        ("at", "at á ají áme al ala ali alo aly án ána áno áni ány ání aný aná ané aných"),
        ("ět", "ět í ějí íme ěl ěla ěli ělo ěly ěn ěna ěno ěni ěny ění"),
        ("it", "it í íme il ila ili ilo ily en ena eno eni eny ení ený ená ené ených"),
    ),
    "pl": (
        ("ować", (
            "ować uje ują ujemy ując ował owała owali owało owały owany owana owane owani owano owanie "
            "owania owaniu owaniem owanych owanego ujący ująca ujące ujących"
        )),
        ("iwać", (
            "iwać uje ują ujemy ując iwał iwała iwali iwało iwały iwany iwana iwane iwani iwano iwanie "
            "iwania iwaniu iwaniem iwanych ujący ujące ujących"
        )),
        ("ywać", (
            "ywać uje ują ujemy ując ywał ywała ywali ywało ywały ywany ywana ywane ywani ywano ywanie "
            "ywania ywaniu ywaniem ywanych ujący ujące ujących"
        )),
        ("ać", (
            "ać a ają amy ał ała ali ało ały any ana ane ani ano anie ania aniu aniem anych anego ając "
            "ający ające ających"
        )),
        ("nąć", (
            "nąć nie ną niemy nął nęła nęli nęło nęły nięty nięta nięte nięci nięto nięcie nięcia nięciu "
            "niętych"
        )),
        ("ić", (
            "ić i ią imy ił iła ili iło iły iony iona ione ieni iono ienie ienia ieniu ionych ony ona one "
            "eni ono enie enia eniu onych"
        )),
        ("yć", "yć y ą ymy ył yła yli yło yły ony ona one eni ono enie enia eniu onych"),
    ),
    "ru": (
        ("овать", (
            "овать ует уют уем овал овала овали овало уя ующий ующая ующие ующих ован ована ованы овано "
            "ованный ованная ованные ованных ованию ование ования"
        )),
        ("ать", (
            "ать ает ают аем ал ала али ало ая ающий ающая ающие ающих ан ана аны ано анный анная анные "
            "анных ание ания анию ав"
        )),
        ("ять", (
            "ять яет яют яем ял яла яли яло яя яющий яющая яющие яющих ян яна яны яно янный янная янные "
            "янных ив"
        )),
        ("ить", "ить ит ят им ил ила или ило ен ена ены ено енный енная енные енных ение ения ению ив"),
        ("еть", "еть еет еют ел ела ели ело ев"),
        ("нуть", "нуть нет нут нем нул нула нули нуло нут нута нуты нуто нутый нутые нутых"),
    ),
    "uk": (
        ("увати", (
            "увати ує ують уємо ував увала ували увало уючи овано ований ована овані ованих ування уванню"
        )),
        ("ати", "ати ає ають аємо ав ала али ало аючи ано аний ана ані аних ання анню"),
        ("яти", "яти яє яють яємо яв яла яли яло яючи яно яний яна яні яних яння"),
        ("ити", "ити ить ять имо ив ила или ило ено ений ена ені ених ення енню"),
        ("нути", "нути не нуть немо нув нула нули нуло нуто нутий нуті нутих"),
    ),
}  # fmt: skip
CONJUGATED = frozenset(_CLASSES) | {"en"}
# The last letter of a stem is spelt otherwise before some vowels, so that it sounds the same: atacar, ataque.
_SPELT = {
    "es": (("c", "qu", "eé"), ("g", "gu", "eé"), ("z", "c", "eéi")),
    "pt": (("c", "qu", "eé"), ("g", "gu", "eé")),
    "it": (("c", "ch", "ei"), ("g", "gh", "ei")),
    "fr": (("g", "ge", "aâoé"),),
}
_REFLEXIVE = {"ru": ("", "ся", "сь"), "uk": ("", "ся", "сь")}
_SHORTEST_STEM = 3
_VOWELS = "aeiou"


def conjugate(infinitive: str, language: str) -> tuple[str, ...]:
    """Folded forms of a regular verb, the infinitive first; empty if it is not an infinitive of a known class."""
    if language == "en":
        return _english(fold_term(infinitive))
    for ending, forms in _CLASSES.get(language, ()):
        stem = infinitive.removesuffix(ending)
        if stem != infinitive and len(stem) >= _SHORTEST_STEM:
            words = (
                _spell(stem, form, language, before=ending) + suffix
                for suffix in _REFLEXIVE.get(language, ("",))
                for form in forms.split()
            )
            return tuple(dict.fromkeys(fold_term(word) for word in words))
    return ()


def _spell(stem: str, form: str, language: str, *, before: str) -> str:
    """Stem and the ending ``form`` joined.

    ``before`` is the ending of the infinitive. If ``form`` begins with a certain vowel and ``before`` does not, the
    last letter of the stem changes.
    """
    for letter, written, vowels in _SPELT.get(language, ()):
        if stem.endswith(letter) and form[0] in vowels and before[0] not in vowels:
            return stem[:-1] + written + form
    return stem + form


def _english(verb: str) -> tuple[str, ...]:
    """The third person, past and -ing forms of a regular English verb; a short stem may double its last letter."""
    if len(verb) < _SHORTEST_STEM or not verb.isascii() or not verb.isalpha():
        return ()
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    plural = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s")
    forms = [verb, plural, verb + "ed", verb + "ing"]
    if verb[-1] not in "aeiouwxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS:
        forms += [verb + verb[-1] + "ed", verb + verb[-1] + "ing"]
    return tuple(forms)
