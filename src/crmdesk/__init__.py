"""CRMDesk: customers, deals, tickets and quotes in one encrypted file."""

__version__ = "0.1.0"
