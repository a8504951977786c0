"""Reviewer: review what a project's dependencies may do to the people who build it."""

__version__ = "0.1.0"
