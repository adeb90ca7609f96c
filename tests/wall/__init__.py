"""The two-workspace walk: every address and API operation, asked by the wrong people."""
