"""An analyst's questions in twelve languages: what must be found, and what must not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from fivegwatch.storage.search import ask
from fivegwatch.storage.search.syntax import parse_query
from tests.storage.search.scan import NOW, index_of, page

TEXTS = {
    "en": "Rogue-cell operators used a signalling storm against AT&T's 5G-Advanced core, CVE-2026-1234.",
    "de": "Der Minister prüft, ob Huawei-Technik aus Mobilfunknetzen an der Straße nach Gießen weichen muss.",
    "fr": "L'Élysée écarte les équipements de télécommunications à haut risque.",
    "es": "La operadora pidió más señalización segura tras el ataque de los piratas españoles.",
    "pt": "A ANATEL proíbe equipamentos de nações não confiáveis na rede móvel.",
    "pl": "Fałszywe stacje bazowe działały w Łodzi; użyto sieci 2G.",
    "tr": "İstanbul'da sahte baz istasyonu: Işık operatörü uyardı.",
    "ru": "Оператор нашёл уязвимость в ядре сети пятого поколения.",
    "el": "Ο πάροχος δικτύου ανακοίνωσε επίθεση στο ΔΊΚΤΥΟ κορμού.",
    "ar": "هيئةُ الاتصالات تحظر معدّات هواوي من شبكة الجيل الخامس.",
    "he": "משרד התקשורת אוסר על ציוד הסייבר ברשתות הדור החמישי.",
    "hi": "दूरसंचार विभाग ने चीनी उपकरणों पर रोक लगाई।",
    "zh-Hans": "伪基站发送短信，监管部门要求拆除华为核心网设备。",
    "zh-Hant": "偽基地台發送簡訊，監管機關要求拆除華為核心網路設備。",
    "ja": "欧州委員会は、基地局からファーウェイ製品の撤去を求めた。",
    "ko": "국회는 화웨이 통신장비를 기지국에서 빼야 한다고 했다.",
    "th": "กสทช. สั่งถอดอุปกรณ์หัวเว่ยออกจากเครือข่าย 5G",
    "vi": "Nhà mạng chặn trạm phát sóng giả ở Hà Nội.",
}
QUESTIONS = [
    ("rogue cell", {"en"}), ('"signalling-storm"', {"en"}), ("at&t", {"en"}), ("5G advanced", {"en"}),
    ("cve-2026-1234", {"en"}), ("CVE 2026", {"en"}), ('"storm signalling"', set()), ("signal*", {"en"}),
    ("pruft", {"de"}), ("STRASSE giessen", {"de"}), ("huawei", {"de"}), ("Mobilfunk*", {"de"}), ("Mobilfunk", set()),
    ("elysee ecarte", {"fr"}), ("telecommunications", {"fr"}), ("senalizacion espanoles", {"es"}),
    ("nacoes proibe", {"pt"}), ("falszywe lodzi", {"pl"}), ("2g", {"pl"}),
    ("istanbul", {"tr"}), ("isik", {"tr"}), ("УЯЗВИМОСТЬ нашел", {"ru"}), ("сет*", {"ru"}),
    ("δικτυο", {"el"}), ("επιθεση", {"el"}), ("هيئة الاتصالات", {"ar"}), ("معدات هواوي", {"ar"}),
    ("سايبر", set()), ("شبكات", set()), ("جيل", {"ar"}), ("خامس -هيئة", set()), ("title:جيل", set()),
    ("الهواوي", {"ar"}),
    ("סייבר", {"he"}), ("רשתות דור", {"he"}), ('"סייבר"', set()), ("רשת*", {"he"}), ("תקשורת -סייבר", set()),
    ("दूरसंचार", {"hi"}), ("伪基站", {"zh-Hans"}), ("華為", {"zh-Hans", "zh-Hant"}), ("核心网", {"zh-Hans", "zh-Hant"}),
    ("核心網路", {"zh-Hant"}), ("基地局", {"ja"}), ("ファーウェイ", {"ja"}), ("ﾌｧｰｳｪｲ", {"ja"}), ("撤去 欧州", {"ja"}),
    ("화웨이 기지국", {"ko"}), ("통신장비", {"ko"}), ("기지국에서 빼야", {"ko"}), ("เครือข่าย", {"th"}),
    ("หัวเว่ย 5g", {"th"}), ("ha noi", {"vi"}), ("trạm phát", {"vi"}),
    ("huawei OR 华为 OR 화웨이 OR هواوي", {"de", "zh-Hans", "zh-Hant", "ko", "ar"}),
    ("lang:zh -簡訊", {"zh-Hans"}), ("lang:zh-hant", {"zh-Hant"}), ("5g -lang:en", {"th"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def indexed() -> Iterator[sqlite3.Connection]:
    pages = [
        page("", body, language=language, site=f"{language}.example") for language, body in TEXTS.items()
    ]
    con = index_of(pages)
    yield con
    con.close()


@pytest.mark.parametrize(("question", "languages"), QUESTIONS)
def test_a_question_finds_its_stories_and_no_others(
    indexed: sqlite3.Connection, question: str, languages: set[str]
) -> None:
    matches = ask.find(indexed, parse_query(question, now=NOW), limit=20, newest=False, ledger=False)
    assert {match.language for match in matches.best} == languages
