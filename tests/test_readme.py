"""The README tells what there is: its table of public names is `lernpy.__all__`, its commands exist."""

from __future__ import annotations

import re

from readme import section

import lernpy
from lernpy.cli import COMMANDS


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
