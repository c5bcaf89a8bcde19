"""Groups of kinds of acts, stages of statuses, and the kinds of incidents.

Two sentences agree if their acts are of one group, such as "ban" and "restrict".
"""

from __future__ import annotations

GROUPS = {
    **dict.fromkeys(("ban", "restrict", "phase_out", "remove_fund", "revoke"), "keep out"),
    **dict.fromkeys(("allow", "certify"), "admit"), "sanction": "sanction", **dict.fromkeys(("review", "advise"), "look"),
    **dict.fromkeys(("law", "licence"), "rule"), **dict.fromkeys(("fine", "sue"), "court"),
}  # fmt: skip
"""Kind of act to its group."""
KINDS = (
    "intrusion", "espionage", "disruption", "signalling_abuse", "fake_base_station", "data_theft", "vulnerability",
    "interception_abuse", "insider", "fraud_on_operator",
)  # fmt: skip
"""The kinds of incidents."""
STAGES = {
    **dict.fromkeys(("demanded", "considered", "proposed"), "open"),
    **dict.fromkeys(("announced", "decided", "in_force"), "done"),
    **dict.fromkeys(("rejected", "lifted"), "not"), "in_court": "court",
}  # fmt: skip
"""Status to its stage."""
