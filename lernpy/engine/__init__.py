"""Engines: the same network at array speed, compiled from the same graph."""

from __future__ import annotations

from lernpy.engine.mirror import Mirror

__all__ = ["Mirror"]
