"""The sandbox without namespaces, for where bubblewrap may not make any: Landlock, a system call filter, and a guard process."""
