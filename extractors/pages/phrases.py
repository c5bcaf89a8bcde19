"""Words that news sites put around a story, by language: labels, promotions, credits, bylines. Data, no logic.

Each entry is a fragment of a regular expression, matched without regard to case.
"""

# One language a line, however long: speakers of the language read the list, not programmers.

from __future__ import annotations

import re

PROMOTION = (
    # en
    r"(?:sign|signing) up (?:for|to|now|here)", r"subscribe (?:to|now|here|today)", r"subscribe$", r"(?:get|receive) (?:the|our|all|daily|breaking|alerts|email)[^.]{0,60}(?:inbox|newsletter|alerts|app|email)",
    r"(?:follow|like|join|find) (?:us|@|our|me|her|him|the [\w ]{1,30}) on\b", r"follow [\w .@]{2,40} on (?:twitter|facebook|instagram|x|telegram|youtube|linkedin|google)", r"(?:download|get) (?:the|our) [\w ]{0,40}\bapps?\b", r"in your inbox",
    r"our (?:free |daily |weekly )?newsletter", r"share (?:this|it) (?:story|article|with|on)", r"thanks for signing up", r"(?:an|there was an) error (?:has occurred|processing|occurred)",
    r"^advertisement", r"^(?:sorry|thank you|comments?|coment[aá]rios?|kommentare?|commentaires?)\W*$", r"join (?:our|the) [\w ]{0,30}(?:forum|conversations?|community)", r"keep an eye on your inbox", r"join thought-provoking", r"coment[aá]rios [^.]{0,90}(?:moderad|aprovad|responsab)", r"support our (?:journalism|work)", r"become a (?:member|subscriber|patron)", r"tell us what you think", r"(?:join|leave|view|read|post|add) (?:the |a |your |all )?(?:conversation|comments?|discussion)$",
    r"all rights reserved", r"^©|^\(c\) ?(?:19|20)\d\d|^copyright\b", r"may not be (?:reproduced|republished|published|broadcast)", r"terms of (?:use|service)", r"privacy policy", r"(?:send|email) (?:us|tips|your|a letter|feedback)", r"write to [\w ]{2,40} at \S+@",
    r"(?:earn|receive) (?:a |an |us a )?(?:affiliate )?commission", r"this article (?:was|has been) (?:originally |first )?(?:published|sent|appeared)", r"for (?:your )?personal, non-commercial use",
    # de
    r"newsletter", r"(?:jetzt|hier|kostenlos|gratis|digital)[^.]{0,40}(?:abonnieren|anmelden|testen|registrieren|herunterladen)", r"folgen sie (?:uns|der)", r"alle rechte vorbehalten", r"ihre meinung ist uns wichtig", r"kommentar(?:e)? (?:schreiben|verfassen|lesen|anzeigen)",
    r"wie hat ihnen dieser artikel gefallen", r"whatsapp-kanal", r"(?:dieser|der) (?:artikel|text|beitrag) (?:ist|erschien|wurde) (?:zuerst|zunächst|erstmals|ursprünglich)?[^.]{0,40}(?:erschienen|veröffentlicht)",
    # fr
    r"abonnez[- ]vous", r"inscrivez[- ]vous", r"(?:suivez|rejoignez)[- ]nous", r"tous droits réservés", r"recevez (?:nos|notre|toute|chaque|les)", r"déjà abonné", r"r[ée]agir à cet article",
    # es, ca
    r"suscr[ií]b(?:ete|ase|irme|irse|e)", r"s[ií]g(?:ue|a)nos (?:en|a)", r"s[ií]guenos", r"todos los derechos reservados", r"recib[ea] (?:las|nuestr|en tu|todas|gratis)", r"canal de (?:whatsapp|youtube|telegram)", r"(?:descarga|baja) (?:la|nuestra) app", r"únete a",
    # pt
    r"assine (?:a|o|já|nossa|agora)", r"inscreva-se", r"siga (?:o|a|nossa|nosso|-nos)\b", r"receba (?:as|nossas|notícias|em)", r"todos os direitos reservados", r"(?:participe|entre)[^.]{0,20}(?:canal|grupo) d[oe]", r"clique aqui",
    # it
    r"iscriviti", r"seguici su", r"tutti i diritti (?:sono )?riservati", r"riproduzione riservata", r"abbonati",
    # nl, sv, no, da, fi
    r"schrijf je in", r"volg ons", r"nyhetsbrev", r"följ oss", r"følg (?:oss|os) på", r"tilmeld dig", r"tilaa (?:uutiskirje|lehti)", r"seuraa meitä",
    # pl, cs, sk, hu, ro
    r"zapisz się", r"zapraszamy (?:też |także )?do (?:subskrypcji|prenumeraty)", r"materiał chroniony prawem", r"wszelkie prawa zastrzeżone", r"obserwuj nas", r"odebírejte", r"sledujte nás", r"iratkozz(?:on)? fel", r"kövess(?:en)? minket", r"abonea(?:ză|ti|ți)", r"urm[aă]re[sș]te",
    # tr
    r"abone ol", r"bizi takip ed", r"tüm hakları saklıdır",
    # ru, uk, bg
    r"подпи(?:шитесь|сывайтесь|саться)", r"підпи(?:шіться|суйтесь|сатися)", r"абонирай(?:те)?", r"следете ни", r"все права защищены", r"наш(?:ем|его)? (?:telegram|телеграм)",
    # id, vi
    r"ikuti (?:kami|berita|saluran|artikel)", r"dapatkan (?:update|berita)", r"gabung (?:di|ke)", r"theo dõi (?:chúng tôi|báo)",
    # ja, zh, ko
    r"無断(?:転載|複製)", r"メールマガジン", r"会員登録", r"责任编辑", r"版权(?:所有|声明)", r"責任編輯", r"未经(?:授权|许可)", r"扫(?:描)?(?:下方|一扫)?二维码", r"關注我們|关注我们", r"무단 ?(?:전재|배포)", r"저작권자", r"구독",
    # ar, fa, hi
    r"تابعونا", r"اشترك", r"جميع الحقوق محفوظة", r"ما را (?:در|دنبال)", r"हमें फॉलो करें|सब्सक्राइब",
)  # fmt: skip
"""Calls to subscribe, follow, share or comment, and copyright notices; only short lines at the end of a story are removed."""


CREDIT = (
    r"photos?", r"images?", r"pictures?", r"illustration", r"credits?", r"source",
    r"fotos?", r"bild(?:quelle)?", r"titelbild", r"quelle",
    r"crédit(?: photo)?s?", r"fotografía", r"imagen", r"fuente", r"fonte", r"fotoğraf", r"kuva", r"zdroj", r"źródło",
    r"фото", r"источник", r"写真", r"图源", r"사진",
)  # fmt: skip
"""Labels in front of the source of a picture."""

SIGNED = (
    r"by", r"written by", r"reporting by", r"words by", r"reported by", r"story by", r"posted by", r"published by", r"interview", r"authors?",
    r"von", r"text", r"autor(?:in|a|es|zy|en)?", r"veröffentlicht von", r"publiziert am", r"redaktion",
    r"par", r"texte", r"por", r"texto", r"autoría", r"di", r"da", r"door", r"redactie", r"av", r"af", r"från", r"fra", r"tekst", r"od",
    r"piše", r"投稿者", r"автор", r"текст", r"作者", r"記者", r"记者", r"文", r"取材", r"글",
)  # fmt: skip
"""Labels in front of the authors' names."""

CHANGED = (
    r"(?:last )?(?:updated|modified)", r"(?:zuletzt )?aktualisiert", r"mis à jour", r"modifié", r"actualizad[oa]", r"atualizad[oa]", r"aggiornat[oa]", r"uppdaterad", r"oppdatert", r"opdateret",
    r"aktualizacja", r"aktualizováno", r"güncelle\w*", r"обновлено", r"更新(?:日|时间)?", r"수정",
)  # fmt: skip
"""Labels in front of the date of the last change."""

DATED = (
    r"published", r"posted", r"release date", r"(?:zuletzt )?(?:veröffentlicht|erstellt)", r"stand", r"publié", r"publicad[oa]", r"pubblicato", r"publicerad", r"publisert", r"publiceret", r"publikováno", r"opublikowano",
    r"yayın\w*", r"опубликовано", r"发布时间", r"發布時間", r"公開日", r"입력",
)  # fmt: skip
"""Labels in front of the date of publication."""

NO_NAME = (
    r"@", r"https?:", r"www\.", r"\d", r"\bview (?:my|all)", r"more (?:articles|posts|from)", r"\bimage:", r"\bphoto", r"\bfoto", r"profile", r"follow", r"updated", r"published", r"\bshares?\b", r"comments?", r"read time",
    r"^(?:tweet|share|print|e-?mail)\b", r"no author", r"unknown", r"admin(?:istrator)?$", r"责任编辑|責任編輯|发布|关注|關注",
)  # fmt: skip
"""Words that look like an author's name in a byline but are not one."""


def any_of(phrases: tuple[str, ...]) -> str:
    """A regular expression for any of ``phrases``, for use inside a larger one."""
    return "(?:" + "|".join(phrases) + ")"


PROMOTIONAL = re.compile(any_of(PROMOTION))
"""The expression for `PROMOTION`; it matches lines in lower case."""
CREDIT_LINE = re.compile(rf"^[\W_]*{any_of(CREDIT)}\s*(?:credit|by|via|:|©|/)", re.IGNORECASE)
SIGNED_LINE = re.compile(rf"^[\W_]*{any_of(SIGNED)}[\s:/|●]+(?=\S)", re.IGNORECASE)
CHANGED_LINE = re.compile(rf"^[\W_]*{any_of(CHANGED)}", re.IGNORECASE)
DATED_LINE = re.compile(rf"^[\W_]*{any_of(CHANGED + DATED)}\b[^\d]{{0,30}}\d", re.IGNORECASE)
NO_NAMES = re.compile(any_of(NO_NAME), re.IGNORECASE)
