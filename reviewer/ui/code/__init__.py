"""Reading code."""
