"""Watching a network learn: slow motion, traces, paths of blame, explanations, the terminal stepper."""

from lernpy.watch.conditions import Condition, parse_condition
from lernpy.watch.slow import SlowMotion, slow_motion
from lernpy.watch.step import Step, View
from lernpy.watch.structure import LEVELS
from lernpy.watch.trace import Trace

__all__ = [
    "LEVELS",
    "Condition",
    "SlowMotion",
    "Step",
    "Trace",
    "View",
    "parse_condition",
    "slow_motion",
]
