"""Reports: a list of names, a period and an owner, the figures as chart and table; each figure opens its rows."""

from crmdesk.ui.pages.reports.page import ReportsPage

__all__ = ["ReportsPage"]
