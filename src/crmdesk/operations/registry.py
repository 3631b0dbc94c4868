"""All areas' operations in one list, so that undo and redo know every deed by its name."""

from __future__ import annotations

from importlib import import_module

AREAS = (
    "activities", "attachments", "cells", "deals", "expiry", "exports", "handover", "imports", "leads", "merging", "pipelines", "quotes", "records", "reporting", "sample", "sending",
    "setup", "stores", "takeover", "tasks", "tickets", "workbooks", "workspace",
)  # fmt: skip


def load() -> None:
    """Import every area."""
    for area in AREAS:
        import_module(f"crmdesk.operations.{area}")
