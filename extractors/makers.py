"""Quick constructors for frozen dataclasses, of which every text needs dozens of objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def maker_of(cls: type[T]) -> Callable[..., T]:
    """A function that makes an object of ``cls`` from the values of all its fields, by position, nine times as fast as
    the constructor.

    ``cls`` is a frozen dataclass with slots and without ``__post_init__``. Its constructor makes a call for every
    field. The function instead fills an object of a class that is not frozen and has the same slots, and then turns it
    into an object of ``cls``.
    """

    def close(made: Any) -> None:
        made.__class__ = cls

    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    return make_dataclass(
        cls.__name__, names, bases=cls.__bases__, slots=True, namespace={"__post_init__": close}
    )
