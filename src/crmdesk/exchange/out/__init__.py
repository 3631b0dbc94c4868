"""Ways out: records, everything, and the accountant's workbook as files."""
