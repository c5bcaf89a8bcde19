"""Documents damaged on purpose, by someone who knows their form: markup, JSON, tables, WARC records, TOML."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

TEXTS = (
    b"", b"0", b"-1", b"NaN", b"1e999", b"9" * 400, b"A" * 70_000, b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"&#x110000;",
    b"&#xD800;", b"&#0;", b"&amp;amp;", b"&undefined;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"\xed\xa0\x80",
    b"0000-00-00", b"9999-12-31T23:59:60Z", b"Thu, 99 Foo 20233 99:99:99 +9999", b"2023-02-30",
    b"-0001-01-01T00:00:00Z",
    "２０２３".encode(), "٣٠".encode(), "\u202e\u2066\u200d\ufeff".encode(), "e\u0301".encode() * 3_000,
    b"http://[::1",
    b"http://a@b:99999/", b"//\\", b"javascript:1", b"data:,", b"http://xn--a/", "http://\u0130.example/".encode(),
    b"%00%ff%",
    b"\r\n\r\n", b"\t" * 50, b"\x1f\x8b\x08", b"{" * 3_000, b"[" * 3_000, b"(((((((", b'"', b"'", b"\\",
    b"\\u0000", b"\\ud800",
)  # fmt: skip
ENCODINGS = (b"utf-16", b"utf-7", b"ucs-4", b"rot13", b"iso-2022-jp", b"x-none", b"idna", b"hz", b"base64")
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**400, 1e308, "", "\ud800", "x" * 70_000, [], {}, [[]], {"": None}, ["", None, 1, {}],
    "2023-02-30", "0001-01-01T00:00:00+14:00", "http://[", "\x00", {"url": {"url": []}},
)  # fmt: skip

Mutation = Callable[[bytes, Random], bytes]


def mutated(data: bytes, others: Sequence[bytes], own: Sequence[Mutation], chance: Random) -> bytes:
    """The document with one to four mutations: of its own form, of any bytes, or joined to another document."""
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.1 and others:
            other = chance.choice(others)
            data = data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]
        elif own and chance.random() < 0.7:
            data = chance.choice(own)(data, chance)
        else:
            data = any_bytes(data, chance)
        data = data[:2_000_000]
    return data


def any_bytes(data: bytes, chance: Random) -> bytes:
    """Bytes changed, removed, repeated, inserted or cut off at any place."""
    start = chance.randrange(len(data) + 1)
    stop = min(len(data), start + chance.choice((1, 1, 2, 8, 64, 1_000)))
    piece, kind = data[start:stop], chance.randrange(6)
    if kind == 0:
        return data[:start]
    if kind == 1:
        return data[:start] + data[stop:]
    if kind == 2:
        return data[:start] + piece * chance.choice((2, 3, 100)) + data[stop:]
    if kind == 3:
        return data[:start] + chance.choice(TEXTS) + data[stop:]
    if kind == 4:
        return data[:start] + chance.randbytes(len(piece)) + data[stop:]
    return data[:start] + bytes(byte ^ 1 << chance.randrange(8) for byte in piece) + data[stop:]


def markup(data: bytes, chance: Random) -> bytes:
    """Tags and texts of XML or HTML removed, repeated, exchanged, filled with odd texts; odd declarations."""
    tokens = re.findall(rb"<[^>]*>|[^<]+", data) or [b""]
    spot, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    kind = chance.randrange(8)
    if kind == 0:
        del tokens[spot]
    elif kind == 1:
        tokens[spot] *= chance.choice((2, 50, 3_000))
    elif kind == 2:
        tokens[spot], tokens[other] = tokens[other], tokens[spot]
    elif kind == 3:
        tokens[spot] = chance.choice(TEXTS)
    elif kind == 4:
        first, last = sorted((spot, other))
        tokens[first:last] = tokens[first:last] * 2
    elif kind == 5:
        tokens[spot] = re.sub(
            rb'"[^"]*"', lambda _: b'"' + chance.choice(TEXTS) + b'"', tokens[spot], count=1
        )
    elif kind == 6:
        tokens.insert(0, b'<?xml version="1.0" encoding="' + chance.choice(ENCODINGS) + b'"?>')
    else:
        tokens.insert(spot, b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>')
    return b"".join(tokens)


def json_tree(data: bytes, chance: Random) -> bytes:
    """One value of a JSON document replaced, removed, nested or repeated; other documents unchanged."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return any_bytes(data, chance)
    nodes: list[Any] = [tree]
    for node in nodes:
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        nodes.extend(child for child in children if isinstance(child, dict | list) and len(nodes) < 5_000)
    node = chance.choice([item for item in nodes if item and isinstance(item, dict | list)] or [[]])
    if not node:
        return json.dumps(chance.choice(VALUES)).encode()
    key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
    kind = chance.randrange(4)
    if kind == 0:
        del node[key]
    elif kind == 1:
        node[key] = [node[key]] * chance.choice((1, 2, 300))
    else:
        node[key] = chance.choice(VALUES)
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def table(data: bytes, chance: Random) -> bytes:
    """Lines and fields of a table removed, repeated, exchanged or filled with odd texts."""
    lines = data.split(b"\n")
    spot = chance.randrange(len(lines))
    separator = b"\t" if b"\t" in lines[spot] else b"," if b"," in lines[spot] else b" "
    fields = lines[spot].split(separator)
    place, kind = chance.randrange(len(fields)), chance.randrange(5)
    if kind == 0:
        del fields[place]
    elif kind == 1:
        fields[place] = chance.choice(TEXTS).replace(b"\n", b"")
    elif kind == 2:
        chance.shuffle(fields)
    elif kind == 3:
        fields *= 20
    else:
        lines *= 2
    lines[spot] = separator.join(fields)
    return b"\n".join(lines)


def records(data: bytes, chance: Random) -> bytes:
    """Header lines of WARC records and of the HTTP answers in them changed; packed again, or cut into odd members."""
    packed = data[:2] == b"\x1f\x8b"
    plain = _unpacked(data) if packed else data
    lines = plain.split(b"\r\n")
    headers = [n for n, line in enumerate(lines) if re.match(rb"[A-Za-z-]+:", line)] or [0]
    spot = chance.choice(headers)
    name = lines[spot].partition(b":")[0]
    kind = chance.randrange(6)
    if kind == 0:
        lines[spot] = name + b": " + chance.choice((*TEXTS, b"+5", b"5 5", b"999999999999999999", b"0x10"))
    elif kind == 1:
        del lines[spot]
    elif kind == 2:
        lines.insert(spot, lines[spot] + b"\r\n " + lines[spot])
    elif kind == 3:
        lines.insert(spot, chance.choice((b"Transfer-Encoding: chunked", b"Content-Encoding: br",
                                          b"Content-Encoding: gzip",
                                          b"Content-Encoding: zstd, gzip", b"WARC-Truncated: length")))  # fmt: skip
    elif kind == 4:
        lines[spot] = name + b": " + lines[chance.choice(headers)]
    else:
        lines.insert(chance.randrange(len(lines)), b"WARC/1.1")
    plain = b"\r\n".join(lines)
    if not packed:
        return plain
    cut = chance.randrange(len(plain) + 1)
    return gzip.compress(plain[:cut], 1) + gzip.compress(plain[cut:], 1)


def _unpacked(data: bytes) -> bytes:
    parts = []
    while data[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(31)
        try:
            parts.append(unpacker.decompress(data, 4_000_000))
        except zlib.error:
            break
        data = unpacker.unused_data
    return b"".join(parts)


def toml(data: bytes, chance: Random) -> bytes:
    """Keys, values and headers of a TOML file exchanged, repeated, nested or given another type."""
    lines = data.split(b"\n")
    spot = chance.randrange(len(lines))
    key, equals, _ = lines[spot].partition(b"=")
    odd = (b"inf", b"nan", b"1e400", b"-0", b"9" * 30, b"true", b'""', b"[]", b"{}", b"2020-01-01", b"07:32:00",
           b'"\\u0000"',
           b"[[[[]]]]", b"{a = {b = {c = 1}}}", b'["", 1, {}]', b'"' + b"*" * 200 + b'"', b"'(((((((('",
           '"\u0130\u0131ﬁ"'.encode(), b"[" * 500 + b"]" * 500, b'"a" # b')  # fmt: skip
    kind = chance.randrange(7)
    if kind == 0 and equals:
        lines[spot] = key + b"= " + chance.choice(odd)
    elif kind == 1:
        lines[spot] = b"  " + chance.choice(odd) + b","
    elif kind == 2:
        lines.insert(spot, lines[chance.randrange(len(lines))])
    elif kind == 3:
        del lines[spot]
    elif kind == 4:
        lines.insert(
            spot,
            chance.choice(
                (b"[x]", b"[[x]]", b"[x.y]", b"[rules]", b"a.b.c = 1", b"[rules.direct]", b"[facets]")
            ),
        )
    elif kind == 5:
        lines[spot] = lines[spot].replace(b'"', b'"=', 1)
    else:
        lines[spot] = re.sub(
            rb"[a-z]+", lambda match: chance.choice((match[0], b"", b"*", b"any")), lines[spot], count=1
        )
    return b"\n".join(lines)
