"""Letters that not everybody has on the keyboard, and what they are written as then; for search and for doubles."""

SPELLED_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ß": "ss"}
