"""The README tells what there is: its table of public names is `lernpy.__all__`, its commands exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from importlib import import_module
from keyword import iskeyword

from readme import README, section

import lernpy
from lernpy.cli import COMMANDS
from lernpy.cli.parser import Parser
from lernpy.plot.kinds import KINDS


def test_the_table_of_names_is_all():
    rows = [line for line in section("The public names").splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == set(lernpy.__all__) - {"__version__"}


def test_every_name_is_there():
    for name in lernpy.__all__:
        assert getattr(lernpy, name) is not None, name


def test_every_command_is_told():
    told = set(re.findall(r"^lernpy (\w+)", section("The command line"), re.MULTILINE))
    assert told == set(COMMANDS)


def test_every_dotted_name_is_there_after_an_import_of_lernpy():
    """In a process of its own: here other tests have imported the rooms already."""
    names = sorted(set(re.findall(r"`(lernpy(?:\.\w+)+)", README)))
    assert "lernpy.interop.from_sklearn" in names
    missing = f"import operator, lernpy\nfor name in {names}: operator.attrgetter(name[7:])(lernpy)"
    done = subprocess.run([sys.executable, "-c", missing], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_it_counts_the_kinds_of_picture():
    assert f"# {len(KINDS)} kinds of picture" in README


def test_every_command_with_a_file_is_one_that_can_be_typed():
    lines = re.findall(
        r"^(lernpy \w[^\n#]*)|`(lernpy \w+ [^`\n]*\.\w[^`\n]*)`", README, re.MULTILINE
    )
    told = [shlex.split("".join(pair).replace("FILE", "net.onnx")) for pair in lines]
    assert ["lernpy", "plot", "vanishing", "net.json", "-o", "vanishing.png"] in told
    for _, command, *words in [words for words in told if words[1] in COMMANDS]:
        parser = Parser(prog=command)
        import_module(f"lernpy.cli.{command}{'_' * iskeyword(command)}").arguments(parser)
        parser.parse_args(words)
