"""The parts of the import assistant."""
