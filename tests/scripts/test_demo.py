"""The demonstration for real: it learns the digits, and what it says to try next works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
RUN_HERE = """
import pathlib, sys
sys.path.insert(0, sys.argv.pop(1))
import demo, environment
environment.prepare = lambda: None
environment.PYTHON = pathlib.Path(sys.executable)
sys.exit(demo.main())
"""


def run(cwd: Path, *arguments: str | Path) -> str:
    """What a Python program prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_learns_the_digits_and_all_it_says_to_try_works(tmp_path: Path) -> None:
    said, _, advice = run(tmp_path, "-c", RUN_HERE, SCRIPTS).partition("What to try next:")
    unseen = re.search(r"never seen: .*accuracy ([\d.]+)%", said)
    assert unseen and float(unseen[1]) >= 95
    assert len(re.findall(r"says \d", said)) >= 3  # some guesses, drawn
    assert (tmp_path / "digits.json").is_file()

    commands = re.findall(r"lernpy\s(.+?)   ", advice)
    assert len(commands) == advice.strip().count("\n") + 1
    for command in commands:
        assert run(tmp_path, "-m", "lernpy", *command.split()), command
    assert (tmp_path / "pixels.png").stat().st_size > 1000
    assert (tmp_path / "lesson.html").stat().st_size > 1000
