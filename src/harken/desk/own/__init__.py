"""A workspace's own fields, states and areas: where they are made, and where they are chosen and answered."""
