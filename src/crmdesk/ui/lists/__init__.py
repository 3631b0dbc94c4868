"""Lists as a whole: filters, columns, totals and bulk actions around the table of `widgets.record_table`."""
