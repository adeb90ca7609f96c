"""Agents' pages that mix rooms: the inbox, a ticket, a person, the channels' settings."""
