"""Finished documents: plain data in, the bytes of a PDF or a workbook out."""
