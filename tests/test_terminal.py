"""The pseudo-terminal that other tests rely on: what a program draws, and what keys reach it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from terminal import Terminal

MENU = """
import curses
def main(screen):
    at = 0
    while True:
        height, width = screen.getmaxyx()
        screen.erase()
        screen.addstr(0, 0, f"{width} x {height}, row {at}")
        key = screen.getch()
        if key == curses.KEY_DOWN: at += 1
        if key == curses.KEY_NPAGE: at += 10
        if key == ord("q"): return at
print("ended at", curses.wrapper(main))
"""


def test_keys_go_in_and_screens_come_out(terminal: Callable[..., Terminal]) -> None:
    program = terminal(["python", "-c", MENU], columns=40, rows=10)
    program.wait("40 x 10, row 0")
    program.press("down", "down", "page down")
    program.wait("row 12")
    program.resize(30, 8)
    program.wait("30 x 8")
    program.press("q")
    assert program.finish() == 0
    assert "ended at 12" in program.text


def test_what_never_comes_is_reported_with_the_screen(terminal: Callable[..., Terminal]) -> None:
    program = terminal(["python", "-c", "print('hello')"])
    with pytest.raises(AssertionError, match=r"the program ended.*goodbye:\nhello"):
        program.wait("goodbye")


def test_the_exit_status_and_control_c(terminal: Callable[..., Terminal]) -> None:
    assert terminal(["python", "-c", "raise SystemExit(3)"]).finish() == 3
    waiting = terminal(["python", "-c", "print('on'); import time; time.sleep(60)"])
    waiting.wait("on")
    waiting.press("ctrl c")
    waiting.wait("KeyboardInterrupt")
    assert waiting.finish() != 0
