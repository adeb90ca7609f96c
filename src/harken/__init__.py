"""Harken, the support desk that listens."""

__version__ = "0.1.0"
