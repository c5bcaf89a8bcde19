"""Words around dates, folded, all languages together: words that make a date a deadline, spans of time, ends of years.

Each text is a list of regular expressions, separated by ``|``.
"""

from __future__ import annotations

BY = (
    "by|until|till|before|ahead of|no later than|not later than|at the latest|tegen|voor|uiterlijk|tot|tot en met|bis|vor|spatestens"
    "|d ici|d ici a|d ici au|avant|au plus tard|jusqu en|jusqu au|antes de|antes del|para|para el|hasta|a mas tardar|a mas tardar en"
    "|entro|entro il|entro la|fino al|ate|ate o|ate ao|antes do|do|przed|najpozniej do|pred|nejpozdeji do|senast|fore|till|к|до"
    "|не позднее|не пізніше|truoc|cham nhat|بحلول|قبل|حتى"
)
"""Words before a date that make it a deadline."""
PART = (
    "the|den|end of|the end of|close of|beginning of|summer of|autumn of|spring of|early|late|mid|het|eind|eind van|het einde van|einde|begin|jaar|het jaar"
    "|ende|anfang|mitte|fin|la fin|la fin de|fin de|debut|l annee|fines de|finales de|final de|el ano|fine|la fine del|fine del|il"
    "|fim de|ao fim de|o fim de|o final de|konca|konce|roku|roce|slutet av|utgangen av|ar|конца|концу|початку|кінця|nam|cuoi nam|het begin van"
    "|نهاية|نهايه|عام"
)
"""Words that may stand between a word of `BY` and the date."""
BY_AFTER = (
    r"(?:(?:ye|ya|e|a|yili\w*|sonun\w*) )*kadar|(?:के अंत )?तक|से पहले|年?(?:底|末|內|内)?(?:之?前|までに?)|年(?:底|末)"
    r"|(?:년|월|일)?(?: ?말)?까지"
)
"""Words after a date that make it a deadline, in languages that put them there."""
WITHIN = (
    "within|in the next|over the next|binnen|binnen de komende|in de komende|innerhalb von|binnen von|in den kommenden|in den nachsten"
    "|dans un delai de|d ici|dans les|en un plazo de|en el plazo de|en los proximos|dentro de|entro|nei prossimi|em ate|no prazo de"
    "|nos proximos|w ciagu|do|behem|v prubehu|inom|i|в течение|в ближайшие|протягом|trong|trong vong|خلال|في غضون"
)
"""Words before a span of time that make its end a deadline."""
SPANS = {
    "days": r"days?|dagen|tagen?|jours?|dias?|giorni|dni|dnu|dagar|дн\w+|ngay|يوما|दिनों?|日|天|일",
    "weeks": r"weeks?|weken|wochen|semaines?|semanas?|settimane|tygodni\w*|tydn\w*|veckor|недел\w+|тижн\w+|tuan|週間|周|周内|주",
    "months": r"months?|maanden|monaten?|mois|mes(?:es)?|mesi|miesiec\w*|mesic\w*|manader|месяц\w*|місяц\w*|thang|أشهر|شهرا|महीनों?"
    r"|個月|个月|か月|ヶ月|カ月|개월",
    "years": r"years?|jaar|jahren?|ans|annees|anos|anni|lata|lat|let|лет|года|рок\w+|nam|سنوات|سنة|साल|वर्षों?|年|년",
}
"""Units of time."""
SPAN_AFTER = r" ?(?:以?[內内]|里|icinde|के भीतर|के अंदर|में| ?이내|안에)| from (?:now|today)| om (?:apparatuur|te)"
"""Words after a span of time that make its end a deadline."""
NUMBERS = {
    2: "two|twee|zwei|deux|dos|due|dois|dwoch|dwa|dvou|dva|tva|двух|два|двох|iki|hai|दो|[两兩二]",
    3: "three|drie|drei|trois|tres|tre|trzech|trzy|tri|трех|три|трьох|uc|ba|तीन|三|ثلاث",
    4: "four|vier|quatre|cuatro|quattro|quatro|czterech|ctyr|ctyri|fyra|четырех|чотирьох|dort|四",
    5: "five|vijf|funf|cinq|cinco|cinque|pieciu|piec|peti|fem|пяти|bes|पांच|五|خمس",
    6: "six|zes|sechs|seis|sei|szesciu|sesti|sex|шести|alti|छह|六|ستة",
    7: "seven|zeven|sieben|sept|siete|sette|sete|siedmiu|sedmi|sju|семи|yedi|七",
    8: "eight|acht|huit|ocho|otto|oito|osmiu|osmi|atta|восьми|sekiz|八",
    10: "ten|tien|zehn|dix|diez|dieci|dez|dziesieciu|deseti|tio|десяти|十",
}
"""Number words in the periods that laws set: "within two years"."""
YEAR_END = (
    "end of the year|end of this year|year end|eind van het jaar|eind dit jaar|einde van het jaar|jahresende|ende des jahres|fin de l annee"
    "|fin de ano|final de ano|finales de ano|fine anno|fine dell anno|fim do ano|final do ano|konca roku|konce roku|arsskiftet|slutet av aret"
    "|конца года|концу года|кінця року|yil sonuna|cuoi nam nay|نهاية العام|साल के अंत|年底前|年末まで|연말까지"
)
"""Expressions for the end of the year of publication."""
NEXT_YEAR = (
    "next year|volgend jaar|nachsten jahr\\w*|nachstes jahr|kommenden jahr\\w*|annee prochaine|an prochain|proximo ano|ano que viene"
    "|prossimo anno|ano que vem|przyszlym roku|przyszlego roku|pristim roce|pristiho roku|nasta ar|следующего года|следующем году"
    "|наступного року|gelecek yil|onumuzdeki yil|nam toi|nam sau|العام المقبل|अगले साल|明年|来年|내년"
)
THIS_YEAR = (
    "this year|dit jaar|dieses jahr\\w*|diesem jahr|cette annee|este ano|quest anno|w tym roku|letos|letosnim|i ar|этом году"
    "|цього року|bu yil|nam nay|هذا العام|इस साल|今年|올해"
)
