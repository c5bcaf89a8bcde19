"""Words that a tag parts, and tags and boxes between words: a sentence stays one to the gates."""

from __future__ import annotations

import pytest

from tests.extractors.gates.test_gates import GATES, page

BETWEEN = "in a long sentence that goes on about many other things and people without any stop at all"


@pytest.mark.parametrize("times", [1, 3, 6])
@pytest.mark.parametrize(
    "told",
    [
        "<span class=initial>H</span>uawei's core {} was used for espionage",
        "The core of Hua<wbr>wei's {} was used for espio<wbr>nage",
        "The mobile net<wbr>work {} was used for espionage",
        "Espio<b></b>nage {} reached deep into the mobile network",
        "The " + "<i>mobi</i>le " * 60 + "net<wbr>work {} was used for espionage",
    ],
)
def test_a_word_parted_by_a_tag_meets_words_far_off_in_its_sentence(told: str, times: int) -> None:
    between = " ".join([BETWEEN] * times)
    assert GATES.stopped_by(page(f"<p>{told.format(between)}, said the regulator.</p>")) == ""


@pytest.mark.parametrize("around", ["<b>{}</b> ", "{} <i></i>", "{}<br>"])
def test_tags_around_every_word_make_no_sentence_longer(around: str) -> None:
    told = f"Espionage {around.format('a') * 380} reached deep into the mobile network"
    # What extraction makes of it is for the tree to say.
    assert GATES.stopped_by(page(f"<p>{told}, said the regulator.</p>")) != "text"


# Between words of the sentence, not of a term: what stands inside one parts it in any text that keeps it.
IN_THE_MIDDLE = {
    "a tooltip": "<span><div class=tooltip><p>What</p><p>is it?</p></div></span>",
    "boxes to share": "<div><div>Share</div> <div>Print</div></div><ul><li>1</li><li>2</li></ul>",
}


@pytest.mark.parametrize("boxes", IN_THE_MIDDLE.values(), ids=IN_THE_MIDDLE)
def test_boxes_in_the_middle_that_may_be_hidden_part_no_sentence_before_a_tree_shows_whether_they_are(
    boxes: str,
) -> None:
    for opening, closing in (("<p>", "</p>"), ("<div>", "</div>"), ("", "")):
        told = f"{opening}Spies sat for months {boxes} inside the 5G network{closing}"
        assert GATES.stopped_by(page(told)) != "text"
        parted = told.replace(boxes, "</p><p>")
        assert GATES.stopped_by(page(f"<p>{parted}</p>" if not opening else parted)) == "text"
