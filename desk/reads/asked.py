"""What a reader asked for: the parameters of an address as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from fivegwatch.extractors.errors import QueryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Parameters of a page's address, from its path and its query, and the time of the question."""

    now: datetime
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value without blanks around it; empty when it was not given."""
        return self.values.get(name, "").strip()

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number from 1 to ``most``. Raises: QueryError for anything else."""
        text = self.text(name)
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
            raise QueryError(f"{name} must be a whole number from 1 to {most:,}.", kind="parameter")
        return int(text)

    def moment(self, name: str) -> datetime | None:
        """A day such as 2026-01-31 (its start) or a time in ISO 8601, by UTC; None when it was not given.

        Raises: QueryError for anything else.
        """
        text = self.text(name)
        if not text:
            return None
        try:
            read = datetime.fromisoformat(text)
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        except (ValueError, OverflowError):
            raise QueryError(f"{name} must be a day such as 2026-01-31.", kind="parameter") from None

    def day(self, name: str) -> date | None:
        """A day such as 2026-01-31; None when it was not given. Raises: QueryError for anything else."""
        moment = self.moment(name)
        return moment.date() if moment else None

    def month(self, name: str) -> str:
        """A month such as 2026-01; empty when it was not given. Raises: QueryError for anything else."""
        text = self.text(name)
        try:
            return f"{date.fromisoformat(f'{text}-01'):%Y-%m}" if text else ""
        except ValueError:
            raise QueryError(f"{name} must be a month such as 2026-01.", kind="parameter") from None


def missing(what: str) -> QueryError:
    """The error of a page that does not exist, such as ``missing("no story has the id 12")``."""
    return QueryError(f"{what}.", kind="not_found")
