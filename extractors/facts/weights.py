"""Weights of countries and events: written by ``python -m benchmarks.train_facts --write``, one line each."""

COUNTRY_THRESHOLD = 0.38
TOPIC_THRESHOLD = 0.35
_LEARNT = """
countries | base = -2.87; CN = 0.06; CN beside others = -0.29; CN in lead = -0.09; CN in title = -0.31; CN twice in lead = -0.40; US = -0.39; US beside others = 0.53; US in lead = 0.07; US in title = 0.44; US twice in lead = -0.57; home = 0.10; home: no other country = 1.06; home: own bodies = 0.35; lead: body = 1.47; lead: capital = 0.86; lead: named = 2.07; lead: named twice = 0.93; lead: origin of a firm = -0.51; lead: person = 1.32; many countries = 1.20; opening: operator = 1.23; opening: operator at home = 1.24; opening: threat actor = 1.27; text: bodies = 0.70; text: named = 0.77; text: operator = 0.72; text: origin of a firm = 0.21; text: share = 1.17; title: body = 1.80; title: capital = 0.12; title: named = 1.99; title: origin of a firm = 0.48; title: person = 1.23
events | base = -2.03; acts: shared = 0.36; countries: clash = -1.90; countries: shared = 0.58; days: log = -1.52; days: none = -0.11; days: one = 0.27; names: rare shared = 1.03; names: shared = 1.73; numbers: shared = 0.50; other language: numbers = 0.34; same language = -0.37; told: not = 0.14; topic: same = 1.22; words: many shared = 0.47; words: shared = 2.39
"""


def _read(line: str) -> dict[str, float]:
    pairs = (pair.rsplit(" = ", 1) for pair in line.split("; "))
    return {name: float(value) for name, value in pairs}


_WEIGHTS = {name: _read(line) for name, line in (row.split(" | ", 1) for row in _LEARNT.strip().split("\n"))}
COUNTRY_WEIGHTS = _WEIGHTS["countries"]
EVENT_WEIGHTS = _WEIGHTS["events"]
