from __future__ import annotations

from datetime import date

import pytest

from fivegwatch.extractors.facts.act_dates import dates_in
from fivegwatch.extractors.text.folding import fold_text

PUBLISHED = date(2020, 7, 14)


@pytest.mark.parametrize(
    ("sentence", "day", "deadline"),
    [
        ("Huawei must be out by the end of 2027, the UK decided on 14 July 2020.", "2020-07-14", "2027"),
        ("Buying is banned from 31 December 2020, all kit goes by 2027.", "2020-12-31", "2027"),
        ("In 2018 Australia banned Huawei.", "2018", ""),
        ("Operators have to replace it within seven years.", "", "2027"),
        ("It will be out by the end of next year.", "", "2021"),
        ("The ban applies next year.", "2021", ""),
        ("Over the last two years operators removed it.", "", ""),
        ("D'ici fin 2028, les antennes doivent être démontées.", "", "2028"),
        ("Innerhalb von fünf Jahren müssen die Komponenten raus.", "", "2025"),
        ("Uiterlijk 31 december 2024 moet de apparatuur weg zijn.", "", "2024-12-31"),
        ("Antes del 1 de enero de 2025 deben retirarla.", "", "2025-01-01"),
        ("Operatorzy muszą wymienić sprzęt do 31 grudnia 2028.", "", "2028-12-31"),
        ("Senast den 1 januari 2025 ska utrustningen bort.", "", "2025-01-01"),
        ("Запрет вступит в силу до конца 2024 года.", "", "2024"),
        ("Yıl 2027 sonuna kadar sökülecek.", "", "2027"),
        ("必须在2027年底前拆除华为设备。", "", "2027"),
        ("2027年までに撤去する。", "", "2027"),
        ("2027년까지 제거해야 한다.", "", "2027"),
        ("بحلول نهاية عام 2027", "", "2027"),
        ("2027 तक हटाना होगा।", "", "2027"),
        ("Trước năm 2025 phải thay thế.", "", "2025"),
    ],
)
def test_a_deadline_is_told_from_the_day_of_the_act(sentence: str, day: str, deadline: str) -> None:
    dates = dates_in(fold_text(sentence).text, PUBLISHED)
    assert (dates.date, dates.deadline) == (day, deadline)
