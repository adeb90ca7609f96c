"""Arriving: how a letter gets in, is kept, and becomes a message on a ticket."""
