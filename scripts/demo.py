"""One command to run: ``python3 scripts/demo.py`` trains a small net on real handwritten digits.

It needs nothing but Python 3.11 or newer. It makes the environment ``.venv`` beside this folder,
installs lernpy into it, trains, shows some guesses and saves the net in the current folder. What
stands behind the command goes to ``lernpy train digits``, e.g. ``--layers 32,16 --epochs 50``.
"""

import argparse
import os
import sys

import environment

TRY_NEXT = (
    ("predict {net} digits", "what the net says about each sample"),
    ("evaluate {net} --wrong", "which samples it gets wrong"),
    ("show {net}", "its layers, weights and conventions"),
    ("plot pixels {net} -o pixels.png", "what each hidden neuron looks at"),
    ("step xor", "one lesson, step by step, forward and back"),
    ("play xor -o lesson.html", "the same lesson as a page for the browser"),
    ("lesson 4 -o 4.html", "one of ten lessons for a class (lesson list)"),
    ("--help", "all the rest"),
)


def train(net: str, options: list[str]) -> int:
    """Train on the digits with the command line of lernpy; its exit status."""
    command = ["-m", "lernpy", "train", "digits", "--test", "0.2", "--save", net, *options]
    return environment.follow(command)


def command() -> str:
    """How a user starts lernpy from the current folder."""
    path = environment.PYTHON.with_name("lernpy")
    try:
        shorter = os.path.relpath(path)
    except ValueError:  # another drive of Windows
        shorter = str(path)
    shorter = min(shorter, str(path), key=len)
    return f'"{shorter}"' if " " in shorter else shorter


def say_what_next(net: str) -> None:
    print("\nNotebooks with ten lessons: pip install '.[class]', then jupyter lab notebooks")
    print("\nWhat to try next:")
    lines = [(f"{command()} {what.format(net=net)}", why) for what, why in TRY_NEXT]
    width = max(len(line) for line, _ in lines)
    for line, why in lines:
        print(f"  {line:{width}}   {why}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0], allow_abbrev=False)
    parser.add_argument("--save", default="digits.json", metavar="FILE", help="the net's file")
    arguments, options = parser.parse_known_args()
    environment.prepare()
    status = train(arguments.save, options)
    if status == 0:
        say_what_next(arguments.save)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
