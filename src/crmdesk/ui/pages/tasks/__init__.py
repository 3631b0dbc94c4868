"""Tasks: overdue, today, later; ticked off, put off, and followed by the next step."""

from crmdesk.ui.pages.tasks.page import TasksPage

__all__ = ["TasksPage"]
