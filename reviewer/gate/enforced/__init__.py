"""Door 3 of the gate: the real build, run only where everything is approved, and held to what was approved."""
