"""Colours, fonts and the widgets that use them."""
