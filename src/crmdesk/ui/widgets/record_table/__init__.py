"""The list of records: 100,000 rows without a pause.

The table knows only ids, in the order of the store, and the pages of 200 rows around what is looked at; both come from a
`Source` on reader threads. Sorting and filtering happen in the store. What is checked is kept by id, so that it survives
sorting, filtering and changes.
"""

from crmdesk.ui.widgets.record_table.rows import Ask, Cell, Column, Id, Sort, Source
from crmdesk.ui.widgets.record_table.table import RecordTable

__all__ = ["Ask", "Cell", "Column", "Id", "RecordTable", "Sort", "Source"]
