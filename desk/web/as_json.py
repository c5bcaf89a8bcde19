"""Any read as JSON: field names as in the dataclass, times in ISO 8601."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any


def as_json(data: Any) -> bytes:
    """The JSON of a page's dataclass, UTF-8; spans of time are seconds."""
    return json.dumps(asdict(data), ensure_ascii=False, default=_plain, allow_nan=False).encode()


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)
