"""Every file of HTML that lernpy writes is closed: it says itself that nothing is fetched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lernpy
from lernpy.cli import main

COMMANDS = {  # all that write HTML, with the pages that each writes
    "play xor -o play.html --sheet sheet.html --key key.html": 3,
    "lab xor -o lab.html": 1,
    "lesson 4 -o lesson.html --sheet sheet.html --key key.html --cards cards.html": 4,
    "quiz xor --seeds 1:3 -o quiz.html": 1,
    "plot flow xor -o film.html": 1,
}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_that_is_written_fetches_nothing(command: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(command.split()) == 0

    pages = list(tmp_path.glob("*.html"))
    assert len(pages) == COMMANDS[command]
    for path in pages:
        text = path.read_text(encoding="utf-8")
        (policy,) = POLICY.findall(text.split("</head>")[0])
        parts = [part.strip() for part in policy.split(";")]
        assert {"default-src 'none'", "base-uri 'none'", "form-action 'none'"} <= set(parts)
        assert text.index(policy) < text.index("<title>")  # before anything that it is about
        scripts = [part for part in parts if part.startswith("script-src")]
        assert bool(scripts) == ("<script" in text)
        assert "unsafe-inline" not in "".join(scripts) and "http" not in policy


def test_whatever_begins_a_page_has_a_policy() -> None:
    """A new writer of pages is found here, before there is a command for it."""
    room = Path(lernpy.__file__).parent
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in room.rglob("*")
        if path.suffix in (".py", ".html", ".js")
    }
    begun = [path for path, text in texts.items() if "<!doctype html" in text.lower()]
    assert len(begun) >= 4
    assert [path for path in begun if "Content-Security-Policy" not in texts[path]] == []
