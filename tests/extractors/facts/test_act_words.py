"""Words that look like those of an act and are not, and acts that have no vendor for a target."""

from __future__ import annotations

import pytest

from tests.extractors.facts.test_facts import facts


def acts(title: str, text: str, language: str = "en", site: str = "") -> set[tuple[str, str, str, str]]:
    return {(m.by, m.action, m.target, m.status) for m in facts(title, text, language, site).measures}


@pytest.mark.parametrize(
    ("title", "lead", "banned"),
    [
        ("Anh cấm Huawei khỏi mạng 5G", "Chính phủ Anh cấm Huawei.", True),
        ("Anh cam Huawei khoi mang 5G", "Chinh phu Anh cam Huawei.", True),
        ("Anh nói dữ liệu nhạy cảm của Huawei an toàn", "Mạng 5G của Anh có thiết bị Huawei.", False),
    ],
)
def test_a_vietnamese_word_of_an_act_has_its_marks_if_the_text_has_any(
    title: str, lead: str, banned: bool
) -> None:
    assert any(act[1] == "ban" for act in acts(title, lead, "vi")) is banned


def test_the_sector_is_ruled_and_warned_but_never_banned() -> None:
    text = "The US government ordered telecom operators to block calls over mobile networks. Operators have a month."
    assert {act[1] for act in acts("US orders telecom operators to block scam calls", text)} <= {
        "law", "licence", "review", "advise", "certify",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("title", "target"),
    [
        ("Costa Rica prohíbe a los proveedores chinos en la 5G", "Chinese vendors"),
        ("Costa Rica prohíbe al gigante Huawei en la 5G", "Huawei"),
    ],
)
def test_firms_in_the_plural_are_a_group_and_not_the_one_vendor_that_is_named(
    title: str, target: str
) -> None:
    found = acts(title, "El gobierno de Costa Rica decidió sobre las redes 5G. Huawei protestó.", "es")
    assert {act[2] for act in found if act[:2] == ("CR", "ban")} >= {target}
    assert {act[2] for act in found if act[:2] == ("CR", "ban")} <= {target, "Huawei"}


def test_to_withdraw_equipment_does_not_withdraw_the_order() -> None:
    found = acts(
        "Polska: dostawca wysokiego ryzyka musi odejść",
        "Polski rząd zdecydował. Operatorzy mają wycofać sprzęt dostawcy wysokiego ryzyka z sieci 5G w Polsce.",
        "pl",
    )
    phased_out = {act[3] for act in found if act[1] == "phase_out"}
    assert phased_out and "lifted" not in phased_out
