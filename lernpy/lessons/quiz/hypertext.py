"""Paper for a course: a sheet for each student, one page each, and behind them the key."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from lernpy.lessons.quiz.gift import rounded
from lernpy.lessons.quiz.problems import Paper
from lernpy.player.sheet import paper

STYLE = """@page { size: A4; margin: 16mm; }
body { font: 11pt/1.4 "Liberation Sans", Arial, sans-serif; color: #000; background: #fff; }
section { break-after: page; } li { margin: 4mm 0; } .blank { border-bottom: 1px solid; height: 8mm; }
table { border-collapse: collapse; font-size: 9pt; } td, th { border: 1px solid #666; padding: 1mm 2mm; }"""
BODY = """{sheets}
<section class="key"><h1>Key</h1><table><tr><th>student</th><th>question</th><th>right</th><th>wrong</th></tr>
{key}
</table></section>"""


def bank(papers: Sequence[Paper]) -> str:
    """All sheets and the key as one page to be printed."""
    sheets, key = "\n".join(map(_sheet, papers)), "\n".join(map(_key, papers))
    return paper("lernpy quiz", STYLE, BODY.format(sheets=sheets, key=key))


def _sheet(paper: Paper) -> str:
    setup = "".join(f"<p>{escape(line)}</p>" for line in paper.setup)
    asked = "".join(
        f'<li value="{problem.number}">{escape(problem.text)}<div class="blank"></div></li>'
        for problem in paper.problems
    )
    return f"<section><h1>Student {paper.seed}</h1>{setup}<ol>{asked}</ol></section>"


def _key(paper: Paper) -> str:
    rows = []
    for problem in paper.problems:
        wrong = "; ".join(f"{rounded(one.value)} {one.belief.name}" for one in problem.wrong)
        rows.append(
            f"<tr><td>{paper.seed}</td><td>{problem.number}</td><td>{rounded(problem.answer)}</td>"
            f"<td>{wrong}</td></tr>"
        )
    return "".join(rows)
