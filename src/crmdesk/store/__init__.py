"""The encrypted file: connections, the door, the journal, undo, search index, backup."""

from crmdesk.store.door import Change, Changes, operation
from crmdesk.store.files import create, open_store
from crmdesk.store.reader import Reader
from crmdesk.store.store import Store

__all__ = ["Change", "Changes", "Reader", "Store", "create", "open_store", "operation"]
