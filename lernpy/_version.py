"""The version of lernpy."""

__version__ = "0.1.0"
