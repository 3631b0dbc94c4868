"""Files in and out: tables and workbooks are read, understood, checked and written; nothing is written to the store from here but by operations."""
