"""People and companies: lists, pages, and what is done to them."""
