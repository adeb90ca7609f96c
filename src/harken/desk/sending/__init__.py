"""What can be done about an answer before it leaves, and forwarding: their pages."""
