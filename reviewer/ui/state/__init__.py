"""What the parts of one window share."""
