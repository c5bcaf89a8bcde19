"""Words of incidents, in addition to those in `act_words_attack`, folded, in 19 languages."""

from __future__ import annotations

import re

from fivegwatch.extractors.watchlist.alternatives import words_of

CVE = re.compile(r"\b(?:CVE|CVD)-\d{4}-\d{4,7}\b", re.IGNORECASE)
RESEARCH = words_of(
    r"researcher|academic|university|framework|proof of concept|chercheur|universit|forscher|onderzoeker"
    r"|investigador|ricercator"
    r"|pesquisador|badacz|naukowc|vyzkumnik|forskare|исследовател|дослідник|arastirmac|nha nghien cuu|باحث"
    r"|शोधकर्ता|研究(?:人员|人員|者|チーム|グループ|团队|團隊|小组|小組)|연구|手法|フレームワーク|(?:攻击|攻擊)(?:方式|方法|手段|技术|技術|分析|框架)"
    r"|attack (?:technique|method|vector)s?\b|technique d attaque|angriffs(?:technik|methode)|aanvals(?:techniek|methode)|tecnica de ataque"
)
"""Words for people who study attacks, and for techniques of attack."""
SHOWN = words_of(
    r"\b(?:study|studie|estudio|etude|estudo|studium|badani|report|rapport|informe|relatorio|raport|zprav|bericht|analy[sz]|analis"
    r"|found|finds?|reveal|discover|demonstr|expert|detect|halla[dnr]|gevonden|ontdek|entdeck|decouv|descubr|descobr|scopert|scopr|odkry|wykry"
    r"|upptack)|исследован|доклад|отчет|обнаруж|эксперт|дослідженн|звіт|виявл|arastirma|\brapor|tespit|nghien cuu|bao cao|phat hien"
    r"|دراسه|تقرير|اكتش|अध्ययन|रिपोर्ट|报告|報告|发现|發現|研究|専門家|発見|調査|보고서|발견|연구"
)
"""Words for finding or showing a weakness; a text without any of them only complains about known weaknesses."""
DELIBERATE = words_of(
    r"ddos|denial of service|sabot|wiper|destroy|zerstor|vernietig|detrui|destru|distrugg|zniszcz|znic|forstor|диверси|саботаж|уничтож"
    r"|pha hoai|تخريب|破坏|破壞|妨害|サボタージュ|사보타주"
)
"""Words that say that a network failed because somebody attacked it."""
FAULT = words_of(
    r"(?:routing|technical|configuration|software|human|equipment) (?:error|fault|failure|glitch|issue|problem)|misconfigur|software (?:update|upgrade|bug)"
    r"|power (?:cut|failure)|technische (?:storing|fout)|(?:software|configuratie)fout|menselijke fout|stroomstoring"
    r"|technische\w* (?:storung|defekt|fehler|problem)|(?:software|konfigurations)fehler|menschliche\w* (?:fehler|versagen)|stromausfall"
    r"|(?:panne|incident|defaillance)s? techniques?|erreur (?:de (?:routage|configuration)|humaine)|(?:falla|fallo|error)e?s? (?:tecnic|human)"
    r"|guasto tecnico|errore (?:tecnico|umano)|(?:falha|erro)s? (?:tecnic|human)|awari\w+ techniczn|blad\w* (?:ludzk|konfigurac)|tekniskt fel"
    r"|технич\w+ (?:сбо|неисправ|проблем)|ошибк\w+ (?:персонал|настройк|конфигурац)|teknik ariza|loi ky thuat|su co ky thuat|عطل فني"
    r"|(?:技术|技術|设备|設備|电力|電力)故障|(?:路由|配置)(?:错误|錯誤)|人为(?:失误|错误)|設定ミス|機器(?:の)?故障|(?:라우팅|설정) ?오류"
)
"""Words for causes of a failure that nobody intended."""
RESEMBLED = words_of(
    r"similar|resembl|overlap|close to|akin|reminiscent|lijk\w* op|verwant|ahnl|uberschneid|proche|ressembl|rappel"
    r"|parecid|semejan|simil[ei]|semelhan|podobn|liknar|похож|схож|benzer|tuong tu|giong|مشابه|समान|相似|类似|類似|유사"
)
"""Words for likeness: a group that the attacker resembles is not the attacker."""
EXPLOIT = re.compile("exploit|explot|esplor", re.IGNORECASE)
CRITICS = words_of(
    r"opposition|oppositie|opponent|journalist|dissident|activist|oposicion|opositor|periodist|opposant|giornalist|attivist"
    r"|jornalist|oposicao|opozyc|dziennikarz|novinar|oppositionell|оппозиц|журналист|опозиц|muhalef|gazeteci|nha bao"
    r"|معارض|صحفي|विपक्ष|पत्रकार|記者|记者|異見|异见|反対派|ジャーナリスト|야당|기자"
)
"""Words for people on whom a state may spy by misusing the interception systems of its own operators."""
HACKERS = words_of(
    r"hacker|hacking group|cyber ?sp[iy]|cyber actor|threat actor|state sponsored|state linked|apt group"
    r"|pirates? informatique"
    r"|piratas? informatic|staatshacker|statshacker|хакер|tin tac|黑客|駭客|ハッカー|해커|قراصنه|قراصنة|हैकर"
)
