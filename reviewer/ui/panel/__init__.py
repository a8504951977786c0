"""The panel on the right: facts and decision."""
