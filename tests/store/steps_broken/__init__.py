"""Steps for trying migrations."""
