"""What changed since the last decision, to be read: consequences, then files."""
