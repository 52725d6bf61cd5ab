"""Lessons as pages: one offline file for the browser, and paper: sheet, key and cards.

Read `lesson_page.py` first; `lesson.js` of the player is its script, `handouts.py` the paper. It knows lesson
plans, the player (which it puts into frames) and plots; no training.
"""

from lernpy.lessons.pages.handouts import cards, sheet
from lernpy.lessons.pages.lesson_page import lesson_page

__all__ = ["cards", "lesson_page", "sheet"]
