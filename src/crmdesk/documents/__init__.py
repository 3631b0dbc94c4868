"""Documents as pure arithmetic: totals, tax rules, the quote document, amounts in words. No database, no window."""
