"""`observed` evidence: one run step, run in the sandbox and traced."""
