"""Engines: the same network at array speed, compiled from the same graph."""
