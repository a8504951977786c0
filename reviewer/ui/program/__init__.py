"""What is around the windows: several of them, one program for all, and what happens when it fails."""
