"""Questions for a course: each student's own numbers, wrong answers computed, feedback by belief.

Read `problems.py` first; then there is one file for each kind of output, with one entry in `FORMATS`.

May know: build, data, lessons, network, player.
"""

from lernpy.lessons.quiz.formats import FORMATS, QuizFormat
from lernpy.lessons.quiz.problems import Paper, Problem, from_data, from_network

__all__ = ["FORMATS", "Paper", "Problem", "QuizFormat", "from_data", "from_network"]
