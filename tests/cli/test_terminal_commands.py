"""Commands on a real pseudo-terminal: the bar, the pictures, the fetching."""

from __future__ import annotations

import gzip
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

LERNPY = [sys.executable, "-m", "lernpy"]


def test_a_bar_with_loss_accuracy_and_time_left(terminal):
    program = terminal([*LERNPY, "train", "iris"], columns=110, rows=30)
    program.wait("epoch 100/100")
    assert program.finish() == 0
    assert "right " in program.text and "loss " in program.text
    assert "tested on samples never seen" in program.text


def test_digits_are_drawn_with_the_guess_and_its_confidence(terminal):
    program = terminal([*LERNPY, "train", "digits", "--epochs", "2"], columns=110, rows=40)
    assert program.finish() == 0
    assert "██" in program.text
    assert "says " in program.text and "%" in program.text


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def mirror(tmp_path):
    """A server on 127.0.0.1 whose files are not MNIST's."""
    folder = tmp_path / "served"
    folder.mkdir()
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (folder / f"{name}-ubyte.gz").write_bytes(gzip.compress(b"no digits"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_mirror_that_lies_is_found_out(terminal, mirror, tmp_path):
    program = terminal(
        [*LERNPY, "data", "fetch", "mnist", str(tmp_path / "mnist"), "--mirror", mirror],
        columns=200,
        rows=30,
    )
    assert program.finish() == 1
    assert "Error: " in program.text and "SHA-256" in program.text
    assert not list((tmp_path / "mnist").glob("*.gz"))


def test_real_files_are_fetched_and_learned_from(terminal, shared, tmp_path):
    """The mirror has the two test files; the first missing file is named."""
    served = partial(Quiet, directory=str(shared / "data/mnist"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    program = terminal(
        [*LERNPY, "data", "fetch", "mnist", str(tmp_path), "--mirror", address],
        columns=200,
        rows=30,
    )
    assert program.finish() == 1
    server.shutdown()
    server.server_close()
    assert "train-images-idx3-ubyte.gz" in program.text and "404" in program.text
