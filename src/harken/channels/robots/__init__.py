"""Robots: what is not a person is told from what is, and our own automatic mail keeps its measure."""
