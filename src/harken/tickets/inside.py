"""How requests begin that no customer takes part in: by a colleague's question, or as the sample of a new room."""

INTERNAL, SAMPLE = "internal", "sample"
INSIDE = (INTERNAL, SAMPLE)
