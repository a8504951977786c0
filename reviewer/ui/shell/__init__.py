"""The window around a review."""
