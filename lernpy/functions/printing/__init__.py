"""Formulas as program text: one file for each language.

A printer's `write` gives the lines that a formula needs and an expression for each result; `function`
gives a whole function. Constants are written so that they read back exactly. Read `infix`
first, which Python, JavaScript, C and LaTeX share; `numpy` writes calls in place, on arrays.

May know: functions.
"""
