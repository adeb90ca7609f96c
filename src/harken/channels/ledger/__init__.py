"""The ledger, visible: its pages, API and lists, and the work that keeps it true."""
