"""What C and C++ code calls, for the rules in resources/rules/c.toml."""
