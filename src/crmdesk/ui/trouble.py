"""What went wrong, told so that it helps to find the bug and tells nothing of anybody."""

from __future__ import annotations

import sys


def details_of(error: BaseException) -> str:
    """Return what helps to find a bug: its kind, the versions, the trail of places; no values and no names."""
    from crmdesk import __version__

    lines = [f"{type(error).__name__} · CRMDesk {__version__} · Python {sys.version.split()[0]} · {sys.platform}"]
    trail = error.__traceback__
    while trail is not None:
        code = trail.tb_frame.f_code
        lines.append(f"{code.co_filename.rpartition('crmdesk')[2]}:{trail.tb_lineno} {code.co_name}")
        trail = trail.tb_next
    return "\n".join(lines)
