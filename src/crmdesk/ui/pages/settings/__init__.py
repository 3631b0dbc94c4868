"""Settings: own company and letterhead, quotes, pipelines, service, hours, numbers, own fields, members, areas, language, security."""

from crmdesk.ui.pages.settings.page import SECTIONS, SettingsPage

__all__ = ["SECTIONS", "SettingsPage"]
