"""What the reviewer sees: the only place that imports Qt."""
