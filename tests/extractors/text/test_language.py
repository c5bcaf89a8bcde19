"""The language of a text, whatever its page declares."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.text.language import text_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "The regulator told the operators on Monday to take the equipment out of their core networks.",
            "en",
        ),
        ("Der Netzbetreiber hat am Montag mitgeteilt, dass die Arbeiten bis zum Sommer dauern werden.", "de"),
        ("L’opérateur a annoncé lundi que les travaux dureraient jusqu’à l’été prochain.", "fr"),
        ("Оператор сообщил в понедельник, что работы продлятся до лета и потребуют времени.", "ru"),
        ("工信部周一表示，三家运营商将在年底前完成设备更换工作，并提交计划。", "zh-Hans"),
        ("主管機關週一表示，三家業者將在年底前完成設備更換，並提交計畫。", "zh-Hant"),
        ("5G", ""),
        ("", ""),
    ],
)
def test_the_language_is_the_texts(text: str, language: str) -> None:
    assert text_language(text) == language
