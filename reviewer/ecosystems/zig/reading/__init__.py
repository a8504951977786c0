"""`read` evidence: an abstract reading of build code; nothing is executed."""
