"""What a build asks: the verdict over graph and lock, and the check that is installed into a project."""
