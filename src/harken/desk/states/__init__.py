"""A request's states as its page offers them: closed, set aside, handed on, spam, merged, linked, redacted."""
