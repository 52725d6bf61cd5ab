"""Watching a network learn: slow motion, traces, paths of blame, explanations, the terminal stepper."""

from lernpy.watch.conditions import Condition, parse_condition
from lernpy.watch.explain import Explanation, explain
from lernpy.watch.narration.step import Step, View
from lernpy.watch.paths import Paths, paths
from lernpy.watch.slow import SlowMotion, slow_motion
from lernpy.watch.timeline import LEVELS
from lernpy.watch.trace import Trace

__all__ = [
    "LEVELS",
    "Condition",
    "Explanation",
    "Paths",
    "SlowMotion",
    "Step",
    "Trace",
    "View",
    "explain",
    "parse_condition",
    "paths",
    "slow_motion",
]
