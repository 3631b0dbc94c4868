"""Who may be the same: plain values in, pairs with their reasons out. No store, no window, one setting for all.

Values become normal forms (`features`), keys pick the pairs worth a comparison (`blocking`), each pair is compared field by field (`levels`, `corpus`), the
evidence is weighed (`model`), and every pair says why (`reasons`).
"""

from __future__ import annotations

from crmdesk.matching.features import Features, Place, Values, features
from crmdesk.matching.finding import Found, Pair, find
from crmdesk.matching.groups import groups
from crmdesk.matching.judging import judge
from crmdesk.matching.reasons import Reason, reasons

__all__ = ["Features", "Found", "Pair", "Place", "Reason", "Values", "features", "find", "groups", "judge", "reasons"]
