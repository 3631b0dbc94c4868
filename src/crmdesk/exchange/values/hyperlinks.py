"""Hyperlinks as Access writes them into tables: `text#address#place in it#`, each part but the first sign of which may be missing."""

from __future__ import annotations

import re

from crmdesk.i18n import mark
from crmdesk.models.checks import check_website

_WEB = re.compile(r"(?:https?://|www\.)[^\s/?#]", re.IGNORECASE)
_FILE = re.compile(r"\.(?:s?html?|aspx?|php|pdf|docx?|xlsx?|pptx?|txt|rtf|jpe?g|gif|png|mdb|accdb)", re.IGNORECASE)


def without_text(cell: str) -> str:
    """Return the web address of a hyperlink, empty if it leads to a file beside its table; any other text stays as it is."""
    if cell.count("#") < 2:
        return cell
    text, address, place = (part.strip() for part in cell.split("#")[:3])
    if _WEB.match(address) and not check_website(address):
        return f"{address}#{place}" if place else address
    if _WEB.match(text) and not check_website(text):
        return cell if address else text
    return "" if not address or ":" in address or _is_file(address) or check_website(address) else address


def mail_of(cell: str) -> str:
    """Return the mail address of a hyperlink to one; any other text stays as it is."""
    parts = cell.split("#")
    return parts[1][len("mailto:") :] if len(parts) > 2 and parts[1].lower().startswith("mailto:") else cell


def _is_file(address: str) -> bool:
    return "\\" in address or bool(_FILE.fullmatch(address[address.rfind(".") :]))


NO_WEBSITE = (
    mark("{count} hyperlink leads to a file of another computer and was left out."),
    mark("{count} hyperlinks lead to files of another computer and were left out."),
)
