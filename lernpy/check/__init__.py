"""Is it right? Gradients against nudges of the weights, and an engine against the object graph.

Read `gradients.py` first: it needs the object graph alone. `parity.py` holds an engine against it,
`report.py` says what came of either.

May know: engine, functions, network.
"""

from lernpy.check.gradients import check_gradients
from lernpy.check.parity import check_parity
from lernpy.check.report import Finding, GradientReport, ParityReport

__all__ = ["Finding", "GradientReport", "ParityReport", "check_gradients", "check_parity"]
