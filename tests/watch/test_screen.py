"""The stepper: screens of any size, keys, and a real pseudo-terminal."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from recorded import some_network, some_samples
from terminal import Terminal

import lernpy
from lernpy import LernpyError, Trace, slow_motion
from lernpy.watch.terminal import keyboard as watching
from lernpy.watch.terminal.characters import Canvas, cut, to_ascii, wrap
from lernpy.watch.terminal.drawing import (
    CELL,
    NAME,
    _cells,
    compact,
    focus_of,
    network_sheet,
)
from lernpy.watch.terminal.keyboard import keys_of
from lernpy.watch.terminal.screen import screen_text
from lernpy.watch.terminal.session import Session


def two_two_two(count: int = 1) -> Trace:
    network = lernpy.build.two_two_two()
    trace = Trace.record(slow_motion(network, [[0.05, 0.1]] * count, [[0.01, 0.99]] * count))
    trace.goto(0)
    trace.keep = network  # type: ignore[attr-defined]
    return trace


def test_a_forward_link_runs_in_the_upper_lane_and_blame_in_the_lower() -> None:
    trace = two_two_two()
    trace.goto(15)
    screen = screen_text(trace, 100, 30).text().split("\n")
    assert screen[0].startswith("forward · h1 -> y1")
    assert screen[0].endswith("15/42")
    assert "[forward]" in screen[1]
    row = next(line for line in screen if "●h1" in line)
    assert "─ 0.2373 ─" in row and "+▶●y1" in row
    assert "carries: signal = w(h1→y1) × y(h1) = 0.4 × 0.5933 = 0.2373" in screen
    assert any("changed: signal not yet → 0.2373" in line for line in screen)
    trace.goto(29)
    screen = screen_text(trace, 100, 30).text().split("\n")
    upper = next(row for row, line in enumerate(screen) if "●h1" in line)
    assert "0.2373" in screen[upper] and "▶" in screen[upper]
    assert "◀+" in screen[upper + 1] and "0.0554" in screen[upper + 1]


def test_a_number_that_is_not_known_is_a_dot_and_never_a_zero() -> None:
    trace = two_two_two()
    trace.goto(2)
    screen = screen_text(trace, 100, 30).text()
    assert "0.0000" not in screen
    assert "h1            ·" in screen
    assert "not yet → 0.05" in screen
    trace.goto(0)
    assert "Nothing has happened yet" in screen_text(trace, 100, 30).text()


@pytest.mark.parametrize("seed", range(12))
def test_a_dot_of_the_drawing_means_not_computed_yet_and_nothing_else(seed: int) -> None:
    """At every step: one dot for each number that is not known, and dotted lanes of such links."""
    network = some_network(seed)
    trace = Trace(network)
    trace.begin(slow_motion(network, *(rows[0] for rows in some_samples(network, seed))))
    while trace.forward():
        frame, step = trace.frame, trace.step
        lines = [
            line.ljust(400) for line in network_sheet(frame, step, 400, 200).text().split("\n")
        ]
        for neuron, (x, y) in _cells(frame, focus_of(frame, step), 400, 200).at.items():
            for row, name, signed in ((y, "output", False), (y + 1, "sensitivity", True)):
                value = frame.value(name, neuron)
                shown = lines[row][x + NAME + 1 : x + CELL].strip()
                assert shown == compact(value, signed)
                assert (shown == "·") == (value is None)
        known = [frame.known[name].all() for name in ("output", "signal", "sensitivity", "blame")]
        assert not (all(known) and "·" in "".join(lines))
    trace.goto(-1)
    for step in (None, trace.step):
        assert "·" not in network_sheet(trace.frame, step, 400, 200).text()


def test_the_update_lists_old_step_new() -> None:
    trace = two_two_two()
    trace.goto(42)
    screen = screen_text(trace, 100, 30).text()
    assert "x1 -> h1     0.1500 -2.2e-04   0.1498" in screen
    assert "bias -> h1   0.3500    stays   0.3500" in screen


def test_blame_is_no_pie() -> None:
    trace = two_two_two()
    trace.goto(26)
    assert all(np.isnan(pair).any() for pair in [trace.frame.balance(2), trace.frame.balance(1)])
    trace.goto(30)
    got, gave = trace.frame.balance(2)
    assert got == pytest.approx(0.7414 - 0.2171, abs=1e-4)
    assert gave == pytest.approx(0.0554 - 0.01905 + 0.06232 - 0.02095, abs=1e-4)
    screen = screen_text(trace, 100, 30).text()
    pie = "not a pie: y1 and y2 got 0.5243 of blame in all and handed back 0.07772 to those who use it"
    assert pie in screen  # the page's 0.14 is with what went to the biases, who do not


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (10, 3), (30, 8), (40, 12), (79, 24), (200, 60)]
)
def test_every_moment_of_any_network_fits_every_screen(
    width: int, height: int, ascii: bool
) -> None:
    for seed in range(4):
        network = some_network(seed)
        trace = Trace.record(slow_motion(network, *some_samples(network, seed, 2)))
        for position in range(0, len(trace) + 1, 5):
            trace.goto(position)
            canvas = screen_text(trace, width, height, ascii=ascii)
            lines = canvas.text(ascii).split("\n")
            assert len(lines) == height
            assert max(map(len, lines)) <= width
            plainly = re.sub(r"\x1b\[[0-9;]*m", "", canvas.ansi(ascii))
            assert plainly.split("\n") == lines or ascii
            assert not ascii or canvas.text(True).isascii()
            assert not ascii or canvas.ansi(True).isascii()


def test_a_large_network_shows_what_the_step_is_about() -> None:
    network = lernpy.layered(
        [64, 16, 10], seed=0, output_activation="softmax", loss="cross_entropy"
    )
    lesson = slow_motion(network, np.random.default_rng(0).uniform(size=64), np.eye(10)[3])
    trace = Trace.record(lesson)
    trace.goto(0)
    trace.until("x60->h13")
    screen = screen_text(trace, 100, 30).text()
    assert "●x60" in screen and "●h13" in screen and "more" in screen


def test_losses_of_several_samples_stand_above() -> None:
    trace = two_two_two(5)
    trace.goto(-1)
    assert "loss █▇▇▇▇" in screen_text(trace, 100, 30).text()


def test_keys_move_the_trace() -> None:
    session = Session(two_two_two(2))
    for keys, cursor in [
        (["right", "page down", "right"], 3),
        (["left"], 2),
        (["shift right"], 13),
        (["shift right"], 19),
        (["shift left", "shift left"], 2),
        (["end"], 84),
        (["right"], 84),
        (["home", "left"], 0),
        (["up", "up", "up", "right"], 1),
        (["right", "right", "right"], 22),
        (["down", "down", "right"], 23),
        (["up"] * 9 + ["right"], 84),
        (["down"] * 9 + ["left"], 83),
        (["unknown", "resumed", "x"], 83),
    ]:
        for key in keys:
            session.press(key)
        assert session.trace.cursor == cursor, keys
    assert not session.over
    session.press("?")
    assert "Lower lane" in session.screen(80, 24).text()
    session.press("q")
    assert not session.over
    session.press("q")
    assert session.over


def test_the_ends_say_that_they_are_the_ends() -> None:
    session = Session(two_two_two())
    session.press("left")
    assert "this is the start" in session.screen(80, 24).text()
    session.press("end"), session.press("right")
    assert "this is the end" in session.screen(80, 24).text()


def test_a_slash_asks_for_a_condition_and_space_repeats_it() -> None:
    session = Session(two_two_two())
    session.press(" ")
    assert "press / and type one" in session.message
    for key in ["/", "h", "2", "x", "backspace"]:
        session.press(key)
    assert "run until: h2_" in session.screen(80, 24).text()
    session.press("enter")
    assert session.trace.cursor == 17
    session.press(" ")
    assert session.trace.cursor == 27
    session.press("backspace")
    assert session.trace.cursor == 17
    for key in ["/", "z", "enter"]:
        session.press(key)
    assert "no part of the network and no condition is called 'z'" in session.message
    for key in ["/", *"nan", "enter"]:
        session.press(key)
    assert session.message == "nan: does not happen up to the end"
    session.press("/"), session.press("escape")
    assert not session.over and session.typed is None


def test_w_tells_whose_fault_it_is_path_by_path() -> None:
    session = Session(two_two_two())
    session.press("w")
    assert session.message == "whose fault? Not yet: blame comes on the way back"
    session.trace.goto(30)  # h1 has turned its blame
    for told in ("h1 <- y1: 0.7414 × 0.1868 × 0.4 = 0.0554", "h1 <- y2: -0.2171 × 0.1755 × 0.5 = "):
        session.press("w")
        assert session.message.startswith(told)
    session.press("w")
    assert session.message.startswith("h1 <- y1")
    assert session.trace.cursor == 30


def test_breakpoints_and_notes_of_the_trace_are_there() -> None:
    session = Session(two_two_two())
    session.trace.breakpoints = ["y1", "phase=cost"]
    session.trace.say("Now watch y1.", at=20)
    session.press(" ")
    assert session.trace.step.name == "y1"  # type: ignore[union-attr]
    assert "note: Now watch y1." in session.screen(100, 30).text()
    session.press(" ")
    assert session.trace.step.phase == "cost"  # type: ignore[union-attr]


def test_escape_sequences_have_names() -> None:
    assert keys_of("\x1b[A\x1bOB\x1b[1;2D\x1b[6~\x1b[H\x1b[4~\r\x7f\x03é") == [
        "up", "down", "shift left", "page down", "home", "end", "enter", "backspace", "ctrl c", "é"
    ]  # fmt: skip
    assert keys_of("\x1b") == ["escape"]
    assert keys_of("\x1b[99~x") == ["unknown", "x"]
    for length in range(1, 8):
        assert keys_of("\x1b[1;2C"[:length])


def test_texts_are_cut_wrapped_and_put_into_ascii() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("abcdefgh i", 3) == ["abc", "def", "gh", "i"]
    assert cut("abcdef", 4) == "abc…"
    assert to_ascii("δ(h) → ½ × −3 …") == "d(h) -> 1/2  * -3 ..."
    canvas = Canvas(4, 1)
    canvas.write(2, 0, "abcdef", "plus")
    assert (canvas.text(), canvas.ansi()) == ("  ab", "  \x1b[38;5;32mab\x1b[0m")


def test_without_a_terminal_every_step_is_a_line() -> None:
    out = io.StringIO()
    watching.run(two_two_two(), output=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 42
    assert lines[14] == "15/42 forward · h1 -> y1: signal = 0.4 × 0.5933 = 0.2373"
    out = io.StringIO()
    watching.run(two_two_two(), output=out, ascii=True, until="h1")
    assert out.getvalue().isascii()
    assert len(out.getvalue().splitlines()) == 14
    with pytest.raises(LernpyError, match="no part of the network"):
        watching.run(two_two_two(), output=io.StringIO(), until="h9")


# ---- a real terminal ----------------------------------------------------------------------------

PROGRAM = """
import lernpy, sys
from lernpy.watch.terminal import keyboard
net = lernpy.build.two_two_two()
trace = lernpy.Trace.record(lernpy.slow_motion(net, [0.05, 0.1], [0.01, 0.99]))
trace.goto(0)
options = eval(sys.argv[1]) if len(sys.argv) > 1 else {}
print("before")
keyboard.run(trace, **options)
print("after at", trace.cursor)
"""
Start = Callable[..., Terminal]


def start(terminal: Start, options: str = "{}", **how: object) -> Terminal:
    return terminal(["python", "-c", PROGRAM, options], **how)


def test_keys_go_in_and_screens_come_out(terminal: Start) -> None:
    program = start(terminal, columns=100, rows=30)
    program.wait("Nothing has happened yet")
    program.press("right", "right")
    program.wait("x1 and x2 are given the values")
    program.press("shift right", "shift right")
    program.wait("19/42")
    program.press("shift left")
    program.wait("13/42")
    program.press("up", "up")
    program.wait("[generation]")
    program.press("end")
    program.wait("All blame was collected with the old weights")
    program.press("home", "/", "h", "1", "enter")
    program.wait("forward · h1")
    program.wait(
        "sums: z(h1) = w(x1→h1)·y(x1) + w(x2→h1)·y(x2) + w(bias→h1)·y(bias) = 0.0075 + 0.02 + 0.35 = 0.3775"
    )
    assert "\x1b[38;5;32m" in program.raw.decode()
    program.press("q")
    assert program.finish() == 0
    assert program.raw.decode().endswith("after at 14\r\n")


@pytest.mark.parametrize(
    ("sizes", "options", "level"),
    [
        ([2, 3, 1], "{}", "link"),
        ([13, 8, 3], "{}", "neuron"),
        ([20, 16, 4], "{}", "generation"),
        ([20, 16, 4], "{'level': 'link'}", "link"),
    ],
)
def test_a_long_lesson_begins_with_larger_moves_unless_somebody_says_otherwise(
    terminal: Start, sizes: list[int], options: str, level: str
) -> None:
    made = PROGRAM.replace("lernpy.build.two_two_two()", f"lernpy.layered({sizes}, seed=0)")
    made = made.replace("[0.05, 0.1], [0.01, 0.99]", f"[0.5] * {sizes[0]}, [0.5] * {sizes[-1]}")
    program = terminal(["python", "-c", made, options], columns=80, rows=24)
    program.wait("Nothing has happened yet")
    program.wait(f"[{level}]")
    program.press("q")
    with pytest.raises(LernpyError, match="no such move: 'leap'"):
        watching.run(two_two_two(), output=io.StringIO(), level="leap")


def test_control_c_and_escape_leave_the_terminal_as_it_was(terminal: Start) -> None:
    for key in ("ctrl c", "escape"):
        program = start(terminal)
        program.wait("Nothing has happened yet")
        import termios

        echoing = termios.tcgetattr(program.child.child_fd)[3] & termios.ECHO
        assert not echoing
        program.press(key)
        assert program.finish() == 0
        assert program.raw.decode().endswith("after at 0\r\n")
        assert program.raw.decode().rindex("\x1b[?1049l") > program.raw.decode().rindex(
            "\x1b[?1049h"
        )
        assert program.raw.decode().rindex("\x1b[?25h") > program.raw.decode().rindex("\x1b[?25l")


def test_another_size_is_drawn_anew(terminal: Start) -> None:
    program = start(terminal, columns=100, rows=30)
    program.wait("Nothing has happened yet")
    program.press("end")
    program.wait("42/42")
    program.resize(50, 12)
    program.wait(lambda seen: seen.lines[0].rstrip().endswith("42/42"))
    program.resize(12, 4)
    program.wait(lambda seen: seen.screen.columns == 12 and "42/42" in seen.lines[0])
    program.press("q")
    assert program.finish() == 0


def test_ascii_and_no_colour(terminal: Start) -> None:
    program = start(terminal, "dict(ascii=True)", environment={"NO_COLOR": "1"})
    program.wait("Nothing has happened yet")
    program.press("shift right", "shift right", "shift right")
    program.wait("13/42")
    program.press("q")
    assert program.finish() == 0
    assert program.raw.isascii()
    assert b"38;5" not in program.raw


def test_a_terminal_that_knows_no_unicode_gets_ascii(terminal: Start) -> None:
    odd = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    program = start(terminal, environment=odd)
    program.wait("Nothing has happened yet")
    program.press("end")
    program.wait("42/42")
    program.press("q")
    assert program.finish() == 0
    assert program.raw.isascii()


def test_a_dumb_terminal_gets_lines(terminal: Start) -> None:
    program = start(terminal, environment={"TERM": "dumb"}, columns=200, rows=60)
    assert program.finish() == 0
    assert "42/42 update: sgd, rate 0.5" in program.text
    assert "after at 0" in program.text


def test_it_can_be_suspended_and_comes_back(terminal: Start) -> None:
    program = start(terminal)
    program.wait("Nothing has happened yet")
    program.press("right", "right")
    program.wait("2/42")
    os.kill(program.child.pid, signal.SIGTSTP)
    program.wait(lambda seen: b"\x1b[?1049l" in seen.raw)
    os.kill(program.child.pid, signal.SIGCONT)
    program.wait(lambda seen: seen.raw.count(b"\x1b[?1049h") == 2)
    program.press("right")
    program.wait("3/42")
    program.press("q")
    assert program.finish() == 0


def test_output_into_a_file_is_lines(tmp_path: Path) -> None:
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert len(done.stdout.splitlines()) == 44
    assert "\x1b" not in done.stdout
