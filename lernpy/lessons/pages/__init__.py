"""Lessons as pages: one offline file for the browser, and paper: sheet, key and cards.

Read `lesson_page.py` first; `lesson.js` of the player is its script, `handouts.py` the paper. It puts
the player into frames.

May know: lessons, network, player, plot.
"""

from lernpy.lessons.pages.handouts import cards, sheet
from lernpy.lessons.pages.lesson_page import lesson_page

__all__ = ["cards", "lesson_page", "sheet"]
