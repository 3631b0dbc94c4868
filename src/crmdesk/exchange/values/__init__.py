"""From cells to stored values: read, linked, known, gathered to be written."""
