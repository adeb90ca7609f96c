"""Leaving: from a reply on a ticket to the letter at each recipient, and the domain it is sent from."""
