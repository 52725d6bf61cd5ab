"""Traces as files: written, read back, checked."""
