"""Fakes of whole sites, where the path says what is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.service import Answer, Asked, LoopbackService


def reply(
    body: bytes = b"",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    break_after: int | None = None,
    stall_after: int | None = None,
) -> Answer:
    """An answer without any header but those given."""
    return Answer(status, body, tuple((headers or {}).items()), break_after, stall_after)


def html(text: str, status: int = 200) -> Answer:
    """An HTML page, as sites answer when they mean something else."""
    body = f"<!doctype html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
    return reply(body.encode(), status, {"Content-Type": "text/html; charset=utf-8"})


class Fake(LoopbackService):
    """Base of the fakes of sites: ``with SomeFake() as fake: fake.url``; ``fake.asked("/path")``."""

    def road(self, asked: Asked) -> str:
        return asked.path

    @property
    def requests(self) -> list[Asked]:
        """All that was asked, in order."""
        return [asked for _, asked in self.log]
