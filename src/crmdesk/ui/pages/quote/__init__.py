"""One quote: its fields, its lines, its totals, and beside them the page that the customer gets."""

from crmdesk.ui.pages.quote.page import QuotePage

__all__ = ["QuotePage"]
