"""The board: a column for each stage, cards that are dragged or moved by keys; what they mean is decided by the page.

Counts and sums in the heads come from the store, never from the cards that happen to be loaded.
"""

from crmdesk.ui.widgets.board.board import Board
from crmdesk.ui.widgets.board.card_list import mime_of

__all__ = ["Board", "mime_of"]
