"""The page frame, the tokens and the small parts that every room's pages are made of."""
