"""Go to anything, do anything."""
