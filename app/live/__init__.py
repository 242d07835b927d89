"""Live rooms: the window of what was said last, what sets a slip right, and the rows that keep both."""
