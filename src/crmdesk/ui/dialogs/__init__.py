"""Dialogs: short questions and long work that lie over a page."""
