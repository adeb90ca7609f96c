"""Writing to somebody first: a letter that begins a request, in the composer that every answer is written in."""
