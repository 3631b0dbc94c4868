"""How the rows of a file become records, by area."""
