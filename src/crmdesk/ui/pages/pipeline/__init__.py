"""The pipeline: deals on a board or in a table, one of them open beside it."""

from crmdesk.ui.pages.pipeline.page import PipelinePage

__all__ = ["PipelinePage"]
