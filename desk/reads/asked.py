"""The request of a reader: the parameters of a page's address as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from fivegwatch.extractors.errors import QueryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parameters in the path and the query of a page's address, and the time of the request."""

    now: datetime
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter ``name`` without blanks around it; empty when it was not given."""
        return self.values.get(name, "").strip()

    def number(self, name: str, default: int, *, most: int) -> int:
        """The parameter ``name`` as a whole number from 1 to ``most``. Raises: QueryError for anything else."""
        text = self.text(name)
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
            raise QueryError(f"{name} must be a whole number from 1 to {most:,}.", kind="parameter")
        return int(text)

    def moment(self, name: str) -> datetime | None:
        """The parameter ``name`` as a time in UTC, given in ISO 8601 or as a day (2026-01-31, which means its start);
        None when it was not given.

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
        """The parameter ``name`` as a day (2026-01-31); None when it was not given. Raises: QueryError for anything
        else.
        """
        moment = self.moment(name)
        return moment.date() if moment else None

    def month(self, name: str) -> str:
        """The parameter ``name`` as a month (2026-01); empty when it was not given. Raises: QueryError for anything
        else.
        """
        text = self.text(name)
        try:
            return f"{date.fromisoformat(f'{text}-01'):%Y-%m}" if text else ""
        except ValueError:
            raise QueryError(f"{name} must be a month such as 2026-01.", kind="parameter") from None


def missing(what: str) -> QueryError:
    """The error for a page that does not exist; ``what`` is its message, such as "no story has the id 12"."""
    return QueryError(f"{what}.", kind="not_found")
