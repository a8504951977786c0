"""What a package ships, read safely: bounded, never following a link out of the package, nothing executed."""
