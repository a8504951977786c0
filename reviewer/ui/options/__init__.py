"""A form of the build options that the project itself declares."""
