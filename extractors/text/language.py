"""The language of a text, detected from the text itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from fivegwatch.extractors.text.language_model import LanguageModel
from fivegwatch.extractors.text.scripts import HAN, HANGUL, KANA

SAMPLE_CHARS = 4_000
"""Most characters of a text that the classifier reads, because its time grows with the text."""
LETTERS_NEEDED = 24
"""A text with fewer letters than this (a headline of three words) is not classified, unless it has a Han
character."""

_HAN, _KANA, _HANGUL = (re.compile(f"[{script}]") for script in (HAN, KANA, HANGUL))
_EAST_ASIAN = re.compile(f"[{HAN}{KANA}{HANGUL}]")

_PAIRS = (
    "国國们們这這为為说說时時会會对對发發过過来來还還没沒动動经經问問学學业業区區实實开開关關长長门門间間电電车車书書见見东東马馬飞飛鱼魚鸟鳥万萬与與专專两兩严嚴丧喪个個临臨"
    "丽麗举舉义義乐樂习習乡鄉买買乱亂争爭亏虧云雲产產亲親亿億仅僅从從仓倉仪儀价價众眾优優伙夥传傳伤傷伦倫伪偽体體计計划劃营營运運务務员員议議设設备備换換网網络絡应應该該讯訊"
    "证證请請让讓认認识識话話语語读讀谁誰调調谈談论論许許诉訴评評词詞试試详詳误誤课課质質贝貝负負财財责責败敗货貨购購贵貴费費资資赛賽赢贏轮輪软軟轻輕载載较較辆輛输輸边邊达達"
    "迁遷选選远遠连連违違适適邮郵释釋针針钟鐘钢鋼钱錢铁鐵银銀错錯锁鎖镇鎮闭閉闻聞阳陽阴陰阶階际際陆陸陈陳险險随隨难難页頁项項顺順须須顾顧顿頓预預领領频頻题題颜顏额額风風饭飯"
    "饮飲馆館驱驅驻駐验驗齐齊龙龍标標树樹样樣桥橋检檢楼樓权權条條极極构構织織给給统統继繼续續维維综綜绿綠缩縮纪紀纳納纸紙级級红紅细細组組终終结結绝絕岁歲岛島师師带帶帮幫广廣庆慶"
    "库庫废廢归歸录錄彻徹忆憶态態总總恶惡惊驚惯慣战戰户戶执執扩擴扫掃扬揚护護报報担擔择擇挂掛损損据據显顯术術机機杀殺杂雜灭滅灯燈灵靈热熱爱愛环環现現疗療监監盘盤码碼确確础礎离離"
    "种種积積称稱稳穩穷窮签簽简簡类類粮糧紧緊罗羅罚罰联聯职職肃肅胜勝脑腦节節艺藝药藥获獲虑慮虽雖补補装裝观觀规規视視览覽觉覺触觸订訂训訓记記讲講单單卫衛厂廠历歷压壓县縣参參双雙"
    "变變号號后後吗嗎听聽启啟呜嗚响響圆圓图圖团團围圍园園块塊坚堅坏壞场場声聲处處复復够夠头頭夺奪奋奮妇婦孙孫宁寧宝寶审審宫宮宽寬寻尋导導将將尔爾尘塵层層属屬济濟测測浓濃润潤湾灣"
)
SIMPLIFIED, TRADITIONAL = frozenset(_PAIRS[::2]), frozenset(_PAIRS[1::2])
"""Common Chinese characters whose simplified and traditional forms differ."""

_SAME = {
    "nn": "no",
    "nb": "no",
    "wuu": "zh",
    "yue": "zh",
    "zxx": "",
    "arz": "ar",
    "ary": "ar",
    "hbo": "he",
    "grc": "el",
}


def text_language(text: str) -> str:
    """The BCP 47 tag of the language of ``text``; for Chinese ``zh-Hans`` or ``zh-Hant`` if recognised; empty if
    unknown."""
    return _sample_language(text[:SAMPLE_CHARS])


def is_in_two_scripts(text: str) -> bool:
    """Whether a tenth to a half of the letters of ``text`` are Chinese, Japanese or Korean.

    Then one line more or less can decide which language the text has.
    """
    sample = text[:SAMPLE_CHARS]
    if not _EAST_ASIAN.search(sample):
        return False
    return 0.1 < len(_EAST_ASIAN.findall(sample)) / (sum(map(str.isalpha, sample)) or 1) < 0.5


def use_model(read: Callable[[], LanguageModel | None]) -> None:
    """Classify texts in this process by the model that ``read`` returns; while it returns None, py3langid classifies
    them.

    ``read`` is first called when the first text is classified, and then for each text.
    """
    _models[:] = [read]


_models: list[Callable[[], LanguageModel | None]] = []


# Cached, because callers ask for the same text several times in a row.
@lru_cache(maxsize=8)
def _sample_language(sample: str) -> str:
    letters = islice(filter(str.isalpha, sample), LETTERS_NEEDED - 1, None)
    if next(letters, None) is None and not _HAN.search(sample):
        return ""
    by_script = _east_asian(sample) if _EAST_ASIAN.search(sample) else ""
    if by_script:
        return by_script
    guess = _classify(sample)
    return _SAME.get(guess, guess)


def _classify(sample: str) -> str:
    for read in _models:
        if (model := read()) is not None:
            return model.language(sample)
    import py3langid  # numpy, and a model of 74 MB

    return str(py3langid.classify(sample)[0])


def _east_asian(sample: str) -> str:
    """The language that the script shows, or empty: kana is Japanese, Hangul Korean, Han without either Chinese."""
    han, kana, hangul = (len(pattern.findall(sample)) for pattern in (_HAN, _KANA, _HANGUL))
    letters = sum(map(str.isalpha, sample)) or 1
    if (han + kana + hangul) / letters < 0.3:
        return ""
    if hangul > han + kana:
        return "ko"
    if kana > 0.08 * (han + kana):
        return "ja"
    return _chinese(sample)


def _chinese(sample: str) -> str:
    simplified = sum(char in SIMPLIFIED for char in sample)
    traditional = sum(char in TRADITIONAL for char in sample)
    if simplified > 2 * traditional:
        return "zh-Hans"
    if traditional > 2 * simplified:
        return "zh-Hant"
    return "zh"
