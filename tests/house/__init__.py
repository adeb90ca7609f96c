"""The house rules that no linter knows. Each takes what it looks at, so that a fault can be planted."""
