"""Commands that take files in and give files out."""
