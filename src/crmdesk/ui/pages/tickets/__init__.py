"""Tickets: the queue, the conversation with the customer, and beside it what is promised to whom."""

from crmdesk.ui.pages.tickets.page import TicketsPage

__all__ = ["TicketsPage"]
