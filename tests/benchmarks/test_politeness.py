"""We keep every rule of the server that the benchmark of politeness plays; a careless client does not."""

from __future__ import annotations

import pytest

from benchmarks.politeness import measured, verdicts

TARPIT_S = 4.0


@pytest.mark.slow
def test_we_keep_every_rule_and_a_plain_loop_does_not() -> None:
    worlds = measured(("fivegwatch", "feedparser"), TARPIT_S)
    ours = verdicts(worlds["fivegwatch"], TARPIT_S, pages=True)
    assert [name for name, kept in ours.items() if not kept] == []
    theirs = verdicts(worlds["feedparser"], TARPIT_S, pages=False)
    assert theirs["max-age of 6 hours"] is False
    assert theirs["ETag"] is True
