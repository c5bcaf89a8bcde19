"""Derives column types from the annotations of a dataclass, and turns records into plain values and digests.

annotation -> scalar, list (``tuple[X, ...]``), map (``Mapping[K, V]``) or struct (a dataclass) -> type
record -> plain values -> digest
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Types(Generic[T]):
    """How one engine expresses types: scalars by Python type, and lists, maps and structs of other types."""

    scalars: Mapping[Any, T]
    list_of: Callable[[T], T]
    map_of: Callable[[T, T], T]
    struct_of: Callable[[list[tuple[str, T]]], T]


_columns: dict[type, dict[str, Any]] = {}
_shared: dict[tuple[type, type], list[str]] = {}


def columns(record: type) -> dict[str, Any]:
    """The names and annotated types of a dataclass's columns, in order.

    A column has the name of its field, or the name that the field's metadata gives as ``stored``.
    """
    if record not in _columns:
        hints = get_type_hints(record)
        _columns[record] = {
            field.metadata.get("stored", field.name): hints[field.name] for field in fields(record)
        }
    return _columns[record]


def shared_fields(value: Any, record: type) -> dict[str, Any]:
    """The fields of the dataclass ``value`` that the class ``record`` has too, as a dict of their values."""
    key = (type(value), record)
    if key not in _shared:
        _shared[key] = [name for name in columns(key[0]) if name in columns(record)]
    return {name: getattr(value, name) for name in _shared[key]}


def sql_type(annotation: Any) -> str:
    """The DuckDB type that holds values of ``annotation``; any of them may be null."""
    return _typed(annotation, _SQL)


def arrow_type(annotation: Any) -> pa.DataType:
    """The Arrow type that holds values of ``annotation``; any of them may be null."""
    import pyarrow as pa  # the loader and the commands that only read must not pay for it

    return _typed(
        annotation,
        _Types(
            scalars={
                str: pa.string(),
                int: pa.int64(),
                float: pa.float64(),
                bool: pa.bool_(),
                datetime: pa.timestamp("us", tz="UTC"),
            },
            list_of=pa.list_,
            map_of=pa.map_,
            struct_of=pa.struct,
        ),
    )


def _typed(annotation: Any, types: _Types[T]) -> T:
    if is_dataclass(annotation) and isinstance(annotation, type):
        return types.struct_of([(name, _typed(of, types)) for name, of in columns(annotation).items()])
    kind, inner = get_origin(annotation), get_args(annotation)
    if kind is tuple:
        return types.list_of(_typed(inner[0], types))
    if kind is Mapping:
        return types.map_of(_typed(inner[0], types), _typed(inner[1], types))
    if kind is Literal:
        return types.scalars[str]
    if kind in (Union, UnionType):
        (only,) = (of for of in inner if of is not NoneType)
        return _typed(only, types)
    return types.scalars[annotation]


_SQL = _Types(
    scalars={str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", datetime: "TIMESTAMPTZ"},
    list_of=lambda of: f"{of}[]",
    map_of=lambda key, value: f"MAP({key}, {value})",
    struct_of=lambda parts: "STRUCT(" + ", ".join(f'"{name}" {of}' for name, of in parts) + ")",
)


def digest_of(*values: object) -> str:
    """A digest of the content of ``values``: 128-bit BLAKE2b in hex. Equal values give equal digests in any process."""
    text = _ENCODER.encode(values)
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a record cannot hold {type(value).__name__}")


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=True, default=_as_text)
"""A shared encoder, because `json.dumps` with options would make a new one for each record."""


def plain(value: Any) -> Any:
    """``value`` in a form that Parquet can hold: dicts and lists, times in UTC, text without NULs and lone
    surrogates.
    """
    # A record has hundreds of short values, so types are compared first and plain ASCII is left as it is.
    kind = type(value)
    if kind is str:
        if value.isascii() and "\x00" not in value:
            return value
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if kind is int or kind is float or kind is bool or value is None:
        return value
    if kind is list or kind is tuple:
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"a record needs aware times, not {value.isoformat()}")
        return value.astimezone(UTC)
    if kind in _columns or is_dataclass(kind):
        return {name: plain(getattr(value, name)) for name in columns(kind)}
    if isinstance(value, Mapping):  # its keys are names of our own
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, str):
        return plain(str(value))
    return value
