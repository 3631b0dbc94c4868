"""What becomes of the rows of a file: checked, linked, compared with the store, and made ready to be written."""
