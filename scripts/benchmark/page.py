"""How fast is the page that learns? Frames in a browser, samples in node beside lernpy's own, sizes.

    python -m scripts.benchmark.page [--frames] [--speed] [--sizes] [--rounds 7] [--seconds 0.5] [--json]

Frames: headless Chromium, 1280 x 720, 250 points of the spiral, an epoch to a picture, all maps; and how
long it takes from the key to the lesson that stands still, painted. Speed: XOR 2-3-1 and the spiral
2-8-8-1, sample by sample, in turns by the processor's time: the page's engine (WebAssembly; loops; with
all that the running page does beside), a net of JavaScript objects, `lernpy.train` with jit. All learn the
same: their weights are compared after two epochs in one order. Nothing named: everything.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

import lernpy
from lernpy import data, files, player
from lernpy.player.bundle import script

HERE = Path(__file__).parent
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
SHAPES = {
    (2, 4, 2, 1): 55,
    (2, 8, 8, 8, 1): 55,
    (2, 8, 8, 8, 8, 8, 8, 1): 30,
}  # frames a second, the goal
MOST_WAIT = 50  # milliseconds from the key to the lesson
MOST_BYTES = 150_000  # of a page without its data
IN_NODE = ("wasm", "loops", "session", "objects")
EXPORTED = "Session,engineOf,learn,seedOf,shuffled"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
COUNT = """async (seconds) => {
    const { lab } = document.querySelector(".lp-root");
    const { frame } = lab;
    const times = [];
    lab.frame = function () {
        const start = performance.now();
        frame.call(lab);
        times.push(performance.now() - start);
    };
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    delete lab.frame;
    const frames = times.length / (performance.now() - start) * 1000;
    times.sort((a, b) => a - b);
    const { epoch } = lab.session;
    return { frames, epoch, median: times[times.length >> 1], slow: times[Math.floor(0.95 * times.length)] };
}"""
LISTEN = """() => {
    window.waits = [];
    const channel = new MessageChannel();
    let pressed = 0;
    channel.port1.onmessage = () => window.waits.push(performance.now() - pressed);
    addEventListener("keydown", (event) => {
        pressed = event.timeStamp;
        requestAnimationFrame(() => channel.port2.postMessage(0)); // after this frame is painted
    }, true);
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for part in PARTS:
        parser.add_argument(f"--{part}", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of one turn")
    parser.add_argument("--json", action="store_true", help="a line of it, and nothing else")
    asked = parser.parse_args()
    wanted = [part for part in PARTS if getattr(asked, part)] or list(PARTS)
    if not asked.json:
        print("\n".join(f"{name}: {value}" for name, value in machine().items()))
    report: dict[str, Any] = {"machine": machine()}
    for part in wanted:
        report[part] = PARTS[part](asked)
        if not asked.json:
            print("", *LISTED[part](report[part]), sep="\n")
    if asked.json:
        print(json.dumps(report))


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    cores = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {platform.system()}"
    return {
        "machine": f"{named[0] if named else platform.machine()}, {cores}",
        "Python": platform.python_version(),
        "numba": version("numba"),
        "node": said("node", "--version"),
        "browser": said(str(chromium()), "--version"),
    }


def said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "not here"


def chromium() -> str | None:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


# ---- frames -------------------------------------------------------------------------------------


def measure_frames(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Frames a second and the wait for a stop, of each shape."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        rows = []
        for sizes, goal in SHAPES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            path = Path(folder) / "lab.html"
            net = lernpy.layered(sizes, activation="tanh", seed=0, optimizer="adam")
            player.lab(net, data.load("spiral:n=250"), path)
            page.goto(f"{path.as_uri()}#run")
            page.wait_for_timeout(1500)
            counted = [
                page.evaluate(COUNT, 6 * asked.seconds) for _ in range(max(1, asked.rounds // 2))
            ]
            frames = [one["frames"] for one in counted]
            rows.append(
                {
                    "sizes": "-".join(map(str, sizes)),
                    "goal": goal,
                    "frames": statistics.median(frames),
                    "least": min(frames),
                    "most": max(frames),
                    "milliseconds": statistics.median(one["median"] for one in counted),
                    "slow": statistics.median(one["slow"] for one in counted),
                    "waits": waits(page, 3 * asked.rounds),
                }
            )
            page.close()
        browser.close()
    return rows


def waits(page: Any, count: int) -> list[float]:
    """Milliseconds from the key that stops to the lesson, painted; again and again while it runs."""
    page.evaluate(LISTEN)
    found = []
    for turn in range(count):
        page.wait_for_timeout(100 + 37 * turn % 90)
        page.keyboard.press("Space")
        page.wait_for_function("() => window.waits.length")
        stopped = page.evaluate("() => document.querySelector('.lp-root').lab.isStopped")
        found.append(page.evaluate("() => window.waits.pop()"))
        assert stopped, "Space has not stopped it"
        page.keyboard.press("Space")
        page.wait_for_function("() => window.waits.length")
        page.evaluate("() => { window.waits.length = 0; }")
    return found


def list_frames(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{'net':18}{'frames/s':>9}  {'(least to most)':17}{'goal':>5}  {'ms a frame':>10} {'of 95 %':>8}"
    for row in rows:
        spread = f"({row['least']:.1f} to {row['most']:.1f})"
        yield (
            f"{row['sizes']:18}{row['frames']:9.1f}  {spread:17}{row['goal']:5}  "
            f"{row['milliseconds']:10.1f} {row['slow']:8.1f}  {kept(row['frames'] >= row['goal'])}"
        )
    yield f"\n{'net':18}{'ms to stop':>10} {'worst':>8}  goal {MOST_WAIT}"
    for row in rows:
        middle, worst = statistics.median(row["waits"]), max(row["waits"])
        yield f"{row['sizes']:18}{middle:10.1f} {worst:8.1f}       {kept(middle < MOST_WAIT)}"


def kept(good: bool) -> str:
    return "kept" if good else "MISSED"


# ---- speed --------------------------------------------------------------------------------------


@dataclass
class Race:
    """A net and its data, and how many times as fast as jit and as objects the page should be."""

    about: str
    network: lernpy.Network
    samples: tuple[np.ndarray, np.ndarray]
    rate: float
    jit: float
    objects: float | None


def races() -> list[Race]:
    from scripts.benchmark.workloads import XOR

    spiral = data.load("spiral:n=250")
    wide = lernpy.layered([2, 8, 8, 1], activation="tanh", seed=1)
    return [
        Race("XOR 2-3-1", lernpy.layered([2, 3, 1], seed=1), XOR, 0.5, 0.4, None),
        Race("spiral 2-8-8-1", wide, (spiral.inputs, spiral.targets), 0.03, 0.8, 3.0),
    ]


class Node:
    """A node process that learns in turns."""

    def __init__(self, race: Race, folder: Path) -> None:
        for name in ("neurons", "turns"):
            shutil.copy(HERE / f"{name}.js", folder / f"{name}.mjs")
        module = script(entry="lab/page").replace(
            "export default{render};", f"export{{{EXPORTED}}};"
        )
        (folder / "page.mjs").write_text(module, encoding="utf-8")
        inputs, targets = race.samples
        given = {
            "file": files.to_json(race.network),
            "inputs": np.ravel(inputs).tolist(),
            "targets": np.ravel(targets).tolist(),
            "count": len(inputs),
            "rate": race.rate,
            "seed": 0,
        }
        (folder / "given.json").write_text(json.dumps(given))
        command = ["node", str(folder / "turns.mjs"), str(folder / "given.json")]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, line: str) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate()


def measure_speed(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Samples per second of the processor, in turns."""
    return [run(race, asked) for race in races()]


def run(race: Race, asked: argparse.Namespace) -> dict[str, Any]:
    """All in turns; first two epochs of each, whose weights are compared."""
    with tempfile.TemporaryDirectory() as folder:
        node = Node(race, Path(folder))
        network = race.network.copy()

        def turn(name: str, epochs: int) -> tuple[float, int]:
            """Seconds and samples."""
            if name != "jit":
                told = node.ask(f"{name} {epochs}")
                return told["seconds"], told["samples"]
            start = process_time()
            settings = {"batch_size": 1, "learning_rate": race.rate, "engine": "jit", "seed": 0}
            lernpy.train(network, race.samples, epochs, **settings)
            return process_time() - start, epochs * len(race.samples[0])

        same = [node.ask(f"{name} 2")["weights"] for name in IN_NODE if name != "session"]
        names = (*IN_NODE, "jit")
        epochs = {name: enough(turn, name, asked.seconds) for name in names}
        speeds: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(asked.rounds):
            for name in names:
                seconds, samples = turn(name, epochs[name])
                speeds[name].append(samples / seconds)
        node.close()
    return {
        "about": race.about,
        "apart": float(np.max(np.abs(np.subtract(same, same[0])))),
        "speeds": speeds,
        "goals": {"jit": race.jit, "objects": race.objects},
    }


def enough(turn: Callable[[str, int], tuple[float, int]], name: str, seconds: float) -> int:
    """How many epochs take so long; also warms up."""
    turn(name, 2)
    epochs = 2
    while (took := turn(name, epochs)[0]) < seconds / 2:
        epochs *= 2
    return max(1, round(epochs * seconds / took))


def list_speed(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        middle = {name: statistics.median(each) for name, each in row["speeds"].items()}
        yield f"{row['about']}, millions of samples per second of the processor"
        for name, each in row["speeds"].items():
            spread = f"({min(each) / 1e6:.2f} to {max(each) / 1e6:.2f})"
            beside = [f"{middle[name] / middle[peer]:6.2f} x {peer}" for peer in ("jit", "objects")]
            yield f"  {name:10}{middle[name] / 1e6:7.2f}  {spread:18}{'  '.join(beside)}"
        best = max(middle["wasm"], middle["loops"])
        for peer, goal in row["goals"].items():
            if goal:
                yield f"  goal {goal:g} x {peer}: {kept(best >= goal * middle[peer])}"
        yield f"  after two epochs the weights are {row['apart']:.1e} apart\n"


# ---- sizes --------------------------------------------------------------------------------------


def measure_sizes(asked: argparse.Namespace) -> dict[str, int]:
    """Bytes of the page and of what it is made of."""
    text = player.lab()
    parts = {
        name: part(text, tag)
        for name, tag in [
            ("script", 'script type="module"'),
            ("style", "style"),
            ("traits", 'script type="application/json" id="lp-data"'),
        ]
    }
    lab = json.loads(parts["traits"])["lab"]
    of_data = sum(size(lab[key]) for key in ("sets", "proof", "file", "positions"))
    whole = len(text.encode())
    return {
        "page": whole,
        "data": of_data,
        "without data": whole - of_data,
        "script": len(parts["script"].encode()),
        "style": len(parts["style"].encode()),
        "words and shell": len(parts["traits"].encode()) - of_data,
    }


def part(text: str, tag: str) -> str:
    return text.split(f"<{tag}>")[1].split(f"</{tag.split()[0]}>")[0]


def size(value: Any) -> int:
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def list_sizes(sizes: dict[str, int]) -> Iterator[str]:
    yield from (f"{name:18}{count:10,} bytes" for name, count in sizes.items())
    yield f"goal {MOST_BYTES:,} without data: {kept(sizes['without data'] <= MOST_BYTES)}"


PARTS = {"frames": measure_frames, "speed": measure_speed, "sizes": measure_sizes}
LISTED = {"frames": list_frames, "speed": list_speed, "sizes": list_sizes}

if __name__ == "__main__":
    os.environ.update(ONE_THREAD)
    sys.path.append(str(HERE.parent.parent))
    main()
