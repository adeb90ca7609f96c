"""What happened in the desk: see README.md. Import from `harken.events.record` and `harken.events.jobs`."""
