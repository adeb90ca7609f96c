"""Mailboxes: setting one up, watching over it, and telling its owners when something keeps it from working."""
