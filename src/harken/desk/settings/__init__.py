"""The settings' first page, and the pages about the workspace itself: its name, its look, what is switched on."""
