"""Saved replies as pages see them: their settings, and the list that a slash opens in the composer."""
