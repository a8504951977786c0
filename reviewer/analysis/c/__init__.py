"""What C and C++ code calls, for the rules in resources/rules/c.toml."""

SUFFIXES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".inc", ".inl")
