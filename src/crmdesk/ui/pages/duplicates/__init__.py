"""Duplicates: records that may be there twice, side by side."""

from crmdesk.ui.pages.duplicates.page import DuplicatesPage

__all__ = ["DuplicatesPage"]
