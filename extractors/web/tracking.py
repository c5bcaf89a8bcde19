"""Recognises query parameters that tell how a reader came to a page, not which page it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

# Exact names seen in feeds of large publishers that courlan's list does not have.
_EXACT: Final = frozenset(
    re.findall(
        r"\S+",
        """
        __twitter_impression _hsenc _hsmi amp amp_js_v at_campaign at_medium cmp cmpid dicbo dlbk
        echobox emc fbclid ftag gaa_at gaa_n gaa_sig gaa_ts gclid gclsrc guccounter guce_referrer
        guce_referrer_sig icid igshid intcid ito jsessionid mbid mc_cid mc_eid mkt_tok ncid
        ns_campaign ns_mchannel ns_source ocid outputtype partner phpsessid r_source rss s_cid
        s_kwcid sara_ecid sessionid smid smprod smtyp soc_src soc_trk spm spref sr_share taid tblci
        traffic_source tsrc usqp wt.mc_id wt_mc wt_zmc xtor yclid ysclid
        """,
    )
)
_PREFIX: Final = re.compile(
    r"^(?:utm|at|pk|piwik|mtm|matomo|hsa|itm|mkt|oly|vero|ns|stm|gaa)_|^(?:wt[._]|guce_|aff_)"
)
# A value like this may be the number of the article, whatever the parameter is called (``?cid=20261123``).
_IDENTIFIER: Final = re.compile(r"\d+")


def is_tracking(name: str, value: str) -> bool:
    """True when the parameter ``name=value`` (still percent-encoded) does not belong to the identity of a page.

    The parameter names that the library courlan lists include ``cid``, ``source`` and ``session``. On some sites these
    identify the article by a plain number, so with a number as value they do not count as tracking.
    """
    name = name.lower()
    if name in {"amp", "rss"}:
        return value.lower() in {"", "1", "true", "yes"}
    if name == "outputtype":
        return value.lower() == "amp"
    if name in _EXACT or _PREFIX.search(name):
        return True
    match = _trackers().search(name)
    return bool(match and _ends_a_word(name, match.end())) and not _IDENTIFIER.fullmatch(value)


@cache
def _trackers() -> re.Pattern[str]:
    from courlan.clean import TRACKERS_RE  # brings a client for HTTP along, for which few commands have a use

    return TRACKERS_RE


def _ends_a_word(name: str, end: int) -> bool:
    """Whether a word of ``name`` ends at ``end``. courlan's pattern alone also matches ``ga`` in ``game``."""
    return end == len(name) or name[end] in "_-." or name[end - 1] == "_"
