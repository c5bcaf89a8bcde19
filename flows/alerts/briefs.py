"""Sends a brief to the channels in the settings: HTML and text by mail, only text to all other channels."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fivegwatch.desk.brief.as_html import brief_html
from fivegwatch.desk.brief.as_text import brief_text
from fivegwatch.desk.brief.sentences import heading
from fivegwatch.desk.reads.week import Week
from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.services.channels import send


def send_brief(settings: Settings, names: Sequence[str], week: Week) -> list[str]:
    """Send the brief of ``week`` to each channel in ``names``; returns a line for each channel.

    Raises: SettingsError, before anything is sent, for a name that is not a channel; ChannelError.
    """
    channels = {channel.name: channel for channel in settings.alerts.channels}
    for name in names:
        if name not in channels:
            known = ", ".join(sorted(channels)) or "none; docs/how-to/alerts.md says how to add one"
            raise SettingsError(f"{name!r} is no channel. Channels: {known}.", key="--send")
    for name in names:
        asyncio.run(send(channels[name].url, heading(week), brief_text(week), html=brief_html(week)))
    return [f"sent to {name}" for name in names]
