"""What can be typed: options, help and examples. Nothing here imports Django, so that help comes at once."""
