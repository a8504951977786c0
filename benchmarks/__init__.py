"""Speed, as ratios to a yardstick measured in the same run, so that they mean the same on every machine.

A benchmark is a function that returns a Ratio, or a Budget where the aim is a figure of its own; it is listed in `__main__`.
"""
