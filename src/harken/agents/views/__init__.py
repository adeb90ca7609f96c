"""Pages of the door (before a workspace) and of people's settings (inside one)."""
