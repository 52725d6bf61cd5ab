"""Watching a network learn: lessons step by step, recorded, walked through and told in words.

Read `slow` first (lessons in
progress), then `timeline` (what each step is, where moves stop), `replay` (doing the steps, and what
is known then), `snapshot` and `recording` (how every moment comes back) and `trace` (walking through).
`conditions` say where to stop, `annotations` and `questions` are what a teacher adds; `paths` and `explain`
look at a network that stands still. Inside: narration/ puts a step into words, file/ writes traces and
reads them (FORMAT.md), terminal/ shows them.

May know: frame, functions, network, watch/file, watch/narration.
"""

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
