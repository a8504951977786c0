"""The proof that build code only describes a build, and what it rests on."""
