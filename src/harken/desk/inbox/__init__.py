"""The inbox: views over tickets as lists, what is done to many at once, and views somebody keeps."""
