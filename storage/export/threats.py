"""Exports incidents and vulnerabilities for threat-intelligence platforms, as a STIX 2.1 bundle or as MISP events.

    incidents and the CVE numbers of their stories -> objects with stable ids -> one file

The id of an object is computed from what it describes, so that a later export updates the object and adds no copy.
Standards: STIX 2.1 (OASIS), MISP core format.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fivegwatch.storage.disk.files import disk_errors, put_file
from fivegwatch.storage.read.queries import QuerySession

_NAMESPACE = uuid.UUID("6f1c3c1e-52d9-4b55-9c52-5a0f0c5d9a11")
_INCIDENTS = """
    select i.event_id, i.kind, i.victims, i.actor, i.country, i.method, i.status, i.confidence, i.first_day,
        e.title, s.stories
    from incidents i
    left join events e on e.event_id = i.event_id
    join (
        select event_id, list(distinct struct_pack(
            url := s.url, title := s.title, site := s.site,
            cves := list_sort(list_distinct(regexp_extract_all(upper(s.title || ' ' || coalesce(s.body, '')),
                'CVE-[0-9]{4}-[0-9]{4,7}')))
        )) as stories
        from (select distinct event_id, story_id from incident_evidence) x join stories s on s.id = x.story_id
        group by event_id
    ) s on s.event_id = i.event_id
    where i.confidence >= $least and ($since::date is null or i.last_day >= $since::date)
    order by i.first_day nulls last, i.event_id, i.kind
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident, with the stories that report it."""

    event_id: str
    kind: str
    victims: tuple[str, ...]
    actor: str
    country: str
    method: str
    status: str
    confidence: float
    """How certain the incident is, 0 to 1."""
    first_day: date | None
    title: str
    stories: tuple[dict[str, Any], ...]
    """For each story: ``url``, ``title``, ``site`` and ``cves``."""

    @property
    def cves(self) -> list[str]:
        """The CVE numbers that its stories name, sorted."""
        return sorted({cve for story in self.stories for cve in story["cves"]})

    @property
    def description(self) -> str:
        """The facts of the incident in one line."""
        facts = {"kind": self.kind, "victims": ", ".join(self.victims), "actor": self.actor, "country": self.country,
                 "method": self.method, "status": self.status}  # fmt: skip
        return "; ".join(f"{name}: {value}" for name, value in facts.items() if value)


def incidents(db: Path, *, since: date | None = None, least: float = 0.5) -> list[Incident]:
    """The incidents with a confidence of at least ``least`` (0 to 1), last reported on the day ``since`` or later."""
    with QuerySession(db) as session:
        rows = session.ask(_INCIDENTS, {"since": since, "least": least}).rows
    return [
        Incident(
            event_id=row[0], kind=row[1] or "", victims=tuple(row[2] or ()), actor=row[3] or "", country=row[4] or "",
            method=row[5] or "", status=row[6] or "", confidence=float(row[7] or 0), first_day=row[8],
            title=row[9] or (row[10][0]["title"] if row[10] else ""),
            stories=tuple(sorted(row[10], key=lambda story: story["url"])),
        )
        for row in rows
    ]  # fmt: skip


def stix_bundle(found: Iterable[Incident]) -> dict[str, Any]:
    """A STIX 2.1 bundle of ``found``: the incidents, their victims, actors and vulnerabilities, and the relations
    between these.
    """
    objects: dict[str, dict[str, Any]] = {}

    def add(kind: str, key: str, at: str, **fields: Any) -> str:
        id_ = f"{kind}--{uuid.uuid5(_NAMESPACE, f'{kind} {key}')}"
        common = {"type": kind, "spec_version": "2.1", "id": id_, "created": at, "modified": at}
        objects.setdefault(id_, {**common, **fields})
        return id_

    for one in found:
        at = _moment(one.first_day)
        links = [
            {"source_name": story["site"] or "press", "url": story["url"], "description": story["title"]}
            for story in one.stories
        ]
        incident = add(
            "incident", f"{one.event_id} {one.kind}", at, name=one.title or one.kind, description=one.description,
            confidence=round(100 * one.confidence), external_references=links,
        )  # fmt: skip
        others = [add("identity", name, at, name=name, identity_class="organization") for name in one.victims]
        if one.actor:
            others.append(add("intrusion-set", one.actor, at, name=one.actor))
        for cve in one.cves:
            reference = {"source_name": "cve", "external_id": cve}
            others.append(add("vulnerability", cve, at, name=cve, external_references=[reference]))
        for other in others:
            add("relationship", f"{incident} {other}", at, relationship_type="related-to", source_ref=incident,
                target_ref=other)  # fmt: skip
    listed = sorted(objects.values(), key=lambda item: (item["type"], item["id"]))
    digest = uuid.uuid5(_NAMESPACE, json.dumps(listed, sort_keys=True))
    return {"type": "bundle", "id": f"bundle--{digest}", **({"objects": listed} if listed else {})}


def misp_events(found: Iterable[Incident]) -> list[dict[str, Any]]:
    """The incidents in ``found`` as MISP events, one event each, which MISP shares with no other organisation
    (distribution 0).
    """
    return [{"Event": _misp_event(one)} for one in found]


def _misp_event(one: Incident) -> dict[str, Any]:
    key = f"misp {one.event_id} {one.kind}"
    values = [
        *(("External analysis", "link", story["url"], story["title"]) for story in one.stories),
        *(("Targeting data", "target-org", name, "") for name in one.victims),
        *((("Attribution", "threat-actor", one.actor, ""),) if one.actor else ()),
        *(("External analysis", "vulnerability", cve, "") for cve in one.cves),
        ("Other", "comment", one.description, ""),
    ]
    attributes = [
        {
            "uuid": str(uuid.uuid5(_NAMESPACE, f"{key} {kind} {value}")), "category": category, "type": kind,
            "value": value, "comment": comment, "to_ids": False, "distribution": "5",
        }
        for category, kind, value, comment in values
    ]  # fmt: skip
    return {
        "uuid": str(uuid.uuid5(_NAMESPACE, key)), "info": one.title or one.description,
        "date": str(one.first_day or ""),
        "threat_level_id": "4", "analysis": "0", "distribution": "0", "published": False, "Attribute": attributes,
    }  # fmt: skip


def write_threats(db: Path, folder: Path, kind: str, *, since: date | None = None) -> tuple[Path, int]:
    """Write the incidents to incidents.stix.json or incidents.misp.json in ``folder``; returns the file and their
    number.

    Raises: StorageError when the folder cannot be written.
    """
    found = incidents(db, since=since)
    content = stix_bundle(found) if kind == "stix" else misp_events(found)
    path = folder / f"incidents.{kind}.json"
    with disk_errors(folder, "export the incidents"):
        folder.mkdir(parents=True, exist_ok=True)
        put_file(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
    return path, len(found)


def _moment(day: date | None) -> str:
    moment = datetime.combine(day or date(1970, 1, 1), datetime.min.time(), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
