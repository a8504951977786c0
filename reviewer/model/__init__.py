"""What is known of a project: packages, modules, steps, findings, and the graph's questions. Pure: no I/O, no Qt."""
