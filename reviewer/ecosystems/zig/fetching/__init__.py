"""Getting a project's packages: the one thing that needs a network, and executes nothing."""
