"""The page of one customer, company or contact: figures, details, everything that happened, people, next steps."""

from crmdesk.ui.record_page.page import CustomerPage
from crmdesk.ui.record_page.shown import Shown, TileText, rating

__all__ = ["CustomerPage", "Shown", "TileText", "rating"]
