"""The command `harken`: thin verbs over the rooms."""
