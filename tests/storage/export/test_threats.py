"""Incidents for threat-intelligence platforms: valid STIX 2.1 and MISP, with ids that stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import stix2

from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.export.threats import incidents, misp_events, stix_bundle, write_threats
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.spool.batches import Batch, put_batch
from tests.storage.builders import at, make_article, make_decision, make_facts, make_judged

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of two stories with an incident each; one names a vulnerability, the other's incident is unsure."""
    layout = Layout.for_database(tmp_path_factory.mktemp("threats") / "corpus.duckdb")
    prepare(layout)
    batch, facts = Batch(), make_facts()
    for number, (text, sure) in enumerate(
        (("It used CVE-2026-12345 and cve-2025-1.", 0.8), ("Nothing.", 0.3))
    ):
        article = make_article(
            f"https://n{number}.example/x", text=text, title=f"Attack {number}", published_at=at(number)
        )
        incident = replace(facts.incidents[0], confidence=sure)
        decision = make_decision(article, facts=replace(facts, incidents=(incident,)))
        batch.add(make_judged(article, decision, captured_at=at(number)))
    put_batch(layout, batch)
    load(layout)
    publish(layout)
    return layout.link


def test_the_bundle_is_valid_stix_and_the_same_each_time(db: Path, tmp_path: Path) -> None:
    path, number = write_threats(db, tmp_path, "stix")
    bundle = stix2.parse(path.read_text(encoding="utf-8"))
    assert number == 1 and bundle.type == "bundle"
    kinds = sorted(one.type for one in bundle.objects)
    assert kinds == ["identity", "incident", "intrusion-set", *["relationship"] * 3, "vulnerability"]
    (incident,) = (one for one in bundle.objects if one.type == "incident")
    assert incident.name == "Attack 0" and incident.external_references[0].url == "https://n0.example/x"
    assert {one.name for one in bundle.objects if one.type == "vulnerability"} == {"CVE-2026-12345"}
    known = {one.id for one in bundle.objects}
    assert all(
        {one.source_ref, one.target_ref} <= known for one in bundle.objects if one.type == "relationship"
    )
    before = path.read_bytes()
    write_threats(db, tmp_path, "stix")
    assert path.read_bytes() == before
    assert "objects" not in stix_bundle([])  # STIX has no empty lists


def test_a_misp_event_names_stories_victims_actor_and_vulnerabilities(db: Path) -> None:
    (event,) = (one["Event"] for one in misp_events(incidents(db)))
    values = {(one["type"], one["value"]) for one in event["Attribute"]}
    assert {("link", "https://n0.example/x"), ("target-org", "Acme Telecom"), ("threat-actor", "Salt Typhoon"),
            ("vulnerability", "CVE-2026-12345")} <= values  # fmt: skip
    assert event["date"] == "2026-05-04" and not any(one["to_ids"] for one in event["Attribute"])


def test_only_sure_incidents_of_the_period_are_exported(db: Path) -> None:
    assert len(incidents(db, least=0.0)) >= len(incidents(db)) == 1
    assert incidents(db, since=date(2026, 5, 5)) == []
