"""Words on pages that are served instead of a story: robot checks, consent, missing pages, paywalls. Data, no logic.

Each entry is a fragment of a regular expression, matched without regard to case.
"""

# One language a line, however long: speakers of the language read the list, not programmers.

from __future__ import annotations

import re

BOT_TITLE = (
    r"just a moment", r"attention required", r"access (?:to this page has been )?denied", r"are you (?:a )?(?:human|robot)", r"robot (?:check|or human)", r"security check",
    r"pardon our interruption", r"verif(?:y|ying) (?:that )?you are (?:a )?human", r"human verification", r"captcha", r"ddos[- ]guard", r"checking your browser", r"please wait\W*$",
    r"forbidden$", r"request (?:rejected|blocked|unsuccessful)", r"you have been blocked", r"einen moment", r"sicherheitsüberprüfung", r"zugriff verweigert", r"un (?:instant|momento)\b", r"accès refusé",
    r"acceso denegado", r"acesso negado", r"accesso negato", r"один момент", r"доступ (?:ограничен|запрещ[её]н)", r"bir dakika", r"しばらくお待ちください", r"请稍候", r"安全验证", r"잠시만",
)  # fmt: skip
BOT_TEXT = (
    r"checking (?:if the site connection is secure|your browser)", r"enable javascript and cookies to continue", r"unusual (?:traffic|activity) from your", r"\bray id\b", r"solve (?:the|this) captcha",
    r"(?:complete|pass) (?:the|this) (?:security check|captcha)", r"(?:prove|confirm|verify)[^.]{0,30}(?:you are|you're)[^.]{0,12}(?:human|not a (?:robot|bot))", r"(?:performance|security) (?:&|and) security by cloudflare", r"incapsula incident",
    r"automated (?:access|requests|queries)[^.]{0,60}(?:detected|blocked)", r"ihr browser wird (?:gerade )?überprüft", r"vérification (?:que vous êtes|de votre navigateur)", r"проверка браузера", r"подтвердите, что (?:вы|запросы)[^.]{0,40}(?:человек|робот)",
    r"人机验证", r"ロボットではない", r"로봇이 아닙니다",
)  # fmt: skip
CONSENT = (
    r"we value your privacy", r"before you continue", r"partners? (?:store|process|use)[^.]{0,40}(?:access|cookies|information|data)", r"store and/or access information on a device", r"(?:accept|reject|allow) (?:all )?cookies", r"accept all",
    r"(?:manage|change) (?:your )?(?:cookie|privacy|consent) (?:settings|preferences|choices)", r"your (?:privacy|cookie) choices", r"consent to (?:the use of|our use|cookies)", r"personali[sz]ed (?:ads|advertising)", r"process(?:ing)? (?:of )?(?:your )?personal data",
    r"mit werbung (?:und tracking )?(?:weiter)?lesen", r"(?:alle )?(?:cookies )?(?:akzeptieren|zustimmen und weiter)", r"ihre (?:privatsphäre|daten|einwilligung)[^.]{0,60}(?:wichtig|cookies|partner)", r"personalisierte (?:werbung|anzeigen)", r"unsere partner[^.]{0,80}(?:daten|cookies|gerät)", r"tracking und cookies",
    r"(?:nous et )?nos partenaires", r"(?:accepter|refuser) (?:et fermer|tout|les cookies)", r"continuer sans accepter", r"respect(?:ons)? (?:de )?votre vie privée", r"nuestros socios", r"aceptar (?:todo|y continuar|las cookies)", r"tu privacidad", r"nossos parceiros", r"aceitar (?:todos|cookies)", r"i nostri partner", r"accetta(?: tutti| e continua)",
    r"onze partners", r"alles accepteren", r"våra? partner", r"godkänn alla", r"godta alle", r"zaufani partnerzy", r"akceptuj(?:ę|e)", r"přijmout vše", r"принять все", r"çerezleri kabul",
    r"同意して続ける", r"接受(?:所有|全部)", r"모두 동의",
)  # fmt: skip
NOT_FOUND = (
    r"(?:page|article|story|content|file|url) (?:was |is |could |can)?\s?(?:not|n't) (?:be )?(?:found|exist|available)", r"(?:page|article|story) (?:no longer (?:exists|available)|(?:has been )?(?:removed|deleted|moved))", r"\b404\b", r"\berror 410\b", r"page you(?:'re| are| were)? (?:looking for|requested)", r"nothing (?:was )?found",
    r"oops", r"(?:seite|artikel|beitrag) (?:wurde )?(?:leider )?nicht (?:gefunden|mehr verfügbar|verfügbar)", r"(?:page|article) (?:non trouvée?|introuvable|inexistante?)", r"(?:página|artículo|nota|contenido) no (?:encontrad[oa]|existe|disponible)", r"no (?:se )?encontr(?:ada|amos|ó)",
    r"página não (?:encontrada|existe)", r"pagina non (?:trovata|esiste)", r"pagina niet gevonden", r"sidan (?:kunde inte hittas|finns inte)", r"siden (?:finnes ikke|ble ikke funnet|blev ikke fundet|findes ikke)", r"sivua ei löyt", r"strona nie (?:została znaleziona|istnieje)", r"nie znaleziono strony",
    r"stránka (?:nebyla nalezena|neexistuje)", r"az oldal nem található", r"pagina nu (?:a fost găsită|există)", r"страница не найдена", r"сторінку не знайдено", r"страницата не е намерена", r"sayfa bulunamadı", r"halaman tidak ditemukan", r"không tìm thấy trang", r"ページが見つかりません", r"(?:页面|頁面)(?:不存在|未找到|找不到)", r"(?:找不到|未找到)(?:页面|頁面)", r"페이지를 찾을 수 없", r"الصفحة (?:غير موجودة|المطلوبة غير)", r"صفحه (?:مورد نظر )?(?:یافت|پیدا) نشد", r"पृष्ठ नहीं मिला",
)  # fmt: skip
SCRIPT_NEEDED = (
    r"(?:enable|turn on|activate|requires?|needs?) javascript", r"javascript (?:is )?(?:disabled|required|not enabled|must be enabled)", r"javascript (?:aktivieren|ist deaktiviert)", r"aktivieren sie (?:bitte )?javascript", r"activer javascript", r"(?:activar|habilitar?|ative) (?:el |o )?javascript", r"включите javascript",
    r"(?:unsupported|outdated) browser", r"^redirecting",
)  # fmt: skip
PAYWALL = (
    r"(?:subscribe|sign up|register|log ?in)[^.]{0,40}(?:to (?:continue|keep|read|unlock|access)|for (?:full|unlimited) access)", r"to (?:continue|keep) reading(?: this)?[^.]{0,30}", r"already a (?:subscriber|member)", r"this (?:article|story|content) is (?:only |exclusively )?(?:for|available to|reserved for) (?:our )?(?:subscribers|members|premium)",
    r"(?:for|become a) (?:premium )?subscribers? only", r"unlock (?:this|the full|unlimited)", r"you(?:'ve| have) (?:reached|read) (?:your|all|the)[^.]{0,40}(?:limit|free articles)", r"subscriber[- ]only",
    r"(?:weiterlesen|lesen) (?:sie )?mit\b[^.]{0,30}(?:abo|plus|\+)", r"(?:jetzt|hier) (?:weiterlesen|abonnieren und)", r"(?:artikel|inhalt|beitrag) (?:ist )?(?:nur )?(?:für abonnenten|exklusiv)", r"sie haben bereits ein (?:abo|abonnement)", r"bereits (?:abonnent|registriert|kunde)", r"um (?:diesen|den)[^.]{0,30}(?:artikel|text) (?:weiter)?(?:zu )?lesen",
    r"(?:article|contenu) réservé (?:aux|à nos) abonnés", r"il vous reste \S+ (?:% )?(?:de cet article )?à lire", r"pour (?:lire la suite|accéder)", r"déjà abonné", r"la suite est réservée",
    r"(?:contenido|artículo|noticia) (?:exclusiv[oa] |solo )?para (?:suscriptores|socios)", r"suscr[ií]bete para (?:seguir|continuar|leer)", r"ya (?:eres|soy) suscriptor", r"para (?:seguir|continuar) leyendo", r"(?:conteúdo|matéria) exclusiv[oa] para assinantes", r"já é assinante", r"para continuar lendo",
    r"(?:contenuto|articolo) riservato agli abbonati", r"sei già abbonato", r"per continuare a leggere", r"(?:al abonnee|alleen voor abonnees|verder lezen\?)", r"(?:för att|logga in för att) läsa vidare", r"(?:for å|logg inn for å) lese", r"vain tilaajille", r"tylko dla (?:subskrybentów|prenumeratorów)", r"czytaj dalej po zalogowaniu", r"pro předplatitele",
    r"(?:материал|статья) доступн[аы]? (?:только )?(?:по подписке|подписчикам)", r"この記事は(?:会員|有料)", r"会員限定", r"続きを読むには", r"有料会員", r"(?:付费|会员|订阅)(?:阅读|专享|后)", r"(?:訂閱|會員)(?:專享|才能)", r"유료 ?(?:회원|기사)",
)  # fmt: skip
CUT_SHORT = (
    r"(?:\.{3}|…|\[…\]|\[\.{3}\]|\(…\))", r"(?:read|view) (?:more|the full (?:story|article))\W*", r"continue reading\W*", r"weiterlesen\W*", r"lire la suite\W*", r"(?:leer|seguir leyendo|sigue leyendo)(?: más)?\W*", r"leia mais\W*", r"leggi tutto\W*", r"czytaj (?:dalej|więcej)\W*", r"читать (?:далее|полностью)\W*", r"devamını oku\W*", r"続きを読む\W*", r"阅读全文\W*", r"閱讀全文\W*",
)  # fmt: skip
LIVE = (
    r"\blive[- ]?(?:blog|ticker|updates?|feed|coverage)\b", r"\bnews[- ]?blog\b", r"\blive\s*[:|–-]", r"^live\b(?!s)", r"\blive[- ]?text\b", r"\ben (?:direct|directo|vivo)\b\s*[:|–-]", r"\bminuto a minuto\b", r"\bao vivo\b\s*[:|–-]", r"\btempo real\b", r"\bin diretta\b\s*[:|–-]", r"\bdiretta\b\s*[:|–-]", r"\bna żywo\b", r"\bonline\s*[:|–-]\s*(?:válka|sledujeme)", r"\bcanlı (?:blog|anlatım)", r"\bтекстовая трансляция\b", r"\bонлайн[- ]трансляция\b", r"即时更新|實時更新|直播",
)  # fmt: skip


def anywhere(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """A regular expression that finds any of ``phrases``."""
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.IGNORECASE)


def anywhere_in_lower_case(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """An expression that finds any of ``phrases`` in a text in lower case, in a third of the time."""
    return re.compile("|".join(phrases))


def at_end(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """A regular expression that finds any of ``phrases`` at the end of a text."""
    return re.compile(rf"(?:{'|'.join(phrases)})$", re.IGNORECASE)
