"""What several people do with one review.lock: import, prune, log, sign, and how git merges it."""
