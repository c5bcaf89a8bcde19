"""Reads the parameters that the classes in `sources` declare, for the command line, the Prefect form and the checks
alike.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from typing import Any, get_type_hints

from fivegwatch.extractors.errors import SettingsError


@dataclass(frozen=True, slots=True)
class About:
    """What the command line and the form show for a parameter: ``name: Annotated[str, About("...")] = default``."""

    help: str
    """Help text, in lower case and without a full stop."""
    metavar: str = ""
    flag: str = ""
    """Name of the command-line option, if it is not ``--name``; empty for ``--name`` and for a positional argument."""
    positional: bool = False
    on_form: bool = True
    """Whether the form of the Prefect flow also has the parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One declared parameter of a request."""

    name: str
    type: Any
    default: Any
    """The default; ``dataclasses.MISSING`` if a value must be given."""
    about: About

    @property
    def is_required(self) -> bool:
        """Whether a user must give a value."""
        return self.default is MISSING

    @property
    def flag(self) -> str:
        """The parameter's option on the command line."""
        return self.about.flag or f"--{self.name.replace('_', '-')}"


def parameters_of(declared: type[Parameters]) -> tuple[Parameter, ...]:
    """The parameters of a class, in the order of their declaration."""
    bare, hints = get_type_hints(declared), get_type_hints(declared, include_extras=True)
    return tuple(
        Parameter(
            name=item.name, type=bare[item.name], default=item.default, about=hints[item.name].__metadata__[0]
        )
        for item in fields(declared)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Base class of declared parameters with their values; an empty text as a value is refused."""

    def __post_init__(self) -> None:
        """Refuse empty texts, which would mean the current directory or nothing at all. Raises: SettingsError."""
        for item in parameters_of(type(self)):
            value = getattr(self, item.name)
            texts = (
                value if isinstance(value, tuple) else (value,) if isinstance(value, str) and value else ()
            )
            if not all(text.strip() for text in texts):
                raise SettingsError(
                    f"{item.name}: one value is empty; leave it out, or write a value.",
                    key=item.name,
                )

    def check_days(self, now: datetime) -> None:
        """Check that the days are in order and not in the future. Raises: SettingsError."""
        given = [(item.flag, getattr(self, item.name)) for item in parameters_of(type(self))]
        days = [(flag, value) for flag, value in given if isinstance(value, date)]
        if len(days) == 2 and days[0][1] > days[1][1]:
            (since, first), (until, last) = days
            raise SettingsError(
                f"{since} {first} is after {until} {last}; exchange them.", key=since.strip("-")
            )
        for flag, day in days:
            if day > now.date():
                raise SettingsError(
                    f"{flag} {day} is still to come: today is {now:%Y-%m-%d} (UTC). Name a day until today.",
                    key=flag.strip("-"),
                )
