"""`configured` evidence: the project's own configure, run in the sandbox."""
