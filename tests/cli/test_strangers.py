"""What comes from a stranger's file is text: none of it reaches the terminal as a command."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lernpy
from lernpy.cli import main

EVIL = "\x1b[31m\x1b]0;title\x07\u202e"
TABLE = f"t{EVIL}.csv"
ROWS = "".join(f"{i}.5,u{i % 2}{EVIL},{'big' if i % 2 else 'small'}{EVIL}\n" for i in range(40))
NET, TRACE = "n.json", "trace.json"
COMMANDS = (
    ("data", "show", TABLE),
    ("show", NET),
    ("evaluate", NET, TABLE),
    ("evaluate", NET, "--wrong", "--on", "all", "--data", TABLE),
    ("predict", NET, f"1,u0{EVIL}"),
    ("predict", NET, TABLE),
    ("predict", NET, f"x{EVIL}"),
    ("check", NET, "--data", TABLE),
    ("step", NET, "--data", TABLE),
    ("play", NET, "--data", TABLE, "-o", "p.html"),
    ("plot", "confusion", NET, TABLE, "-o", "a.png"),
    ("plot", "blame", NET, TABLE, "-o", "a.png"),
    ("sweep", TABLE, "--epochs", "2", "--seeds", "2"),
    ("train", TABLE, "--epochs", "2", "--from", NET),
    ("step", TRACE),
    ("play", TRACE, "-o", "p.html"),
    ("show", f"{EVIL}.json"),
    ("play", NET, EVIL),
    ("plot", EVIL),
    ("train", "xor", f"--{EVIL}"),
    (EVIL,),
)


def strings(values: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every text in a JSON file, with its path; of long lists the first few items."""
    items = values.items() if isinstance(values, dict) else enumerate(values[:4])
    for key, value in items:
        if isinstance(value, (dict, list)):
            yield from strings(value, (*path, key))
        elif isinstance(value, str):
            yield (*path, key), value


def altered(values: Any, path: tuple[Any, ...], text: str) -> Any:
    """A copy with another text there."""
    values = copy.deepcopy(values)
    at = values
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = text
    return values


def harmless(capsys: pytest.CaptureFixture[str], *command: str) -> int:
    """The status of a command whose output steers no terminal."""
    try:
        status = main(list(command))
    except SystemExit as error:
        status = int(str(error.code))
    shown = "".join(capsys.readouterr())
    assert not set(shown) & set("\x1b\x07\u202e"), (command, shown)
    return status


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Path:
    monkeypatch.chdir(tmp_path)
    Path(TABLE).write_text(f"a{EVIL},b{EVIL},y{EVIL}\n{ROWS}", encoding="utf-8")
    assert harmless(capsys, "train", TABLE, "--save", NET, "--epochs", "3") == 0
    network, data = lernpy.load(NET), lernpy.data.load(TABLE)
    inputs, targets = network.card.prepare(data)  # type: ignore[union-attr]
    trace = lernpy.Trace.record(
        lernpy.slow_motion(network, inputs[0], targets[0]), title=f"a lesson{EVIL}"
    )
    trace.say(f"look{EVIL}", 1)
    trace.ask("h1", "output")
    trace.save(TRACE)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0].strip(EVIL) or "none")
def test_no_command_hands_on_what_steers_a_terminal(here: Path, capsys: Any, command: Any) -> None:
    harmless(capsys, *command)


@pytest.mark.parametrize(("file", "verb"), [(NET, "show"), (NET, "evaluate"), (TRACE, "step")])
def test_any_text_of_a_file_is_shown_or_refused(
    here: Path, capsys: Any, file: str, verb: str
) -> None:
    """Each text of a file in turn, escape sequence and all."""
    values, refused = json.loads(Path(file).read_text()), 0
    found = list(strings(values))
    for path, text in found:
        Path("evil.json").write_text(json.dumps(altered(values, path, text + EVIL)))
        refused += harmless(capsys, verb, "evil.json") != 0
    assert 0 < refused < len(found)


def test_the_screen_of_the_stepper_shows_codes(here: Path) -> None:
    from lernpy.watch.terminal.canvas import Canvas

    canvas = Canvas(40, 1)
    canvas.write(0, 0, EVIL)
    assert canvas.text() == r"\x1b[31m\x1b]0;title\x07\u202e"
