"""The map: four views of one graph."""
