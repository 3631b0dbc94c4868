"""Today: what is to be done now, and how business stands; every figure opens its rows."""

from crmdesk.ui.pages.today.page import TodayPage

__all__ = ["TodayPage"]
