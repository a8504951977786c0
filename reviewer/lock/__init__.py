"""What was decided: decisions, review.lock, statuses."""
