"""Fetching MNIST, against a real server on this machine that breaks off, lies, is slow or resumes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lernpy import data
from lernpy.data.readers import fetch
from lernpy.errors import LernpyError

FILES = {f"{name}.gz": name.encode() * 20_000 for name in ("images", "labels")}
SUMS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
SIZE = len(FILES["images.gz"])


@dataclass
class Mirror:
    """A server and how it behaves; `log` keeps (file, Range header, status) of each request."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    ranges: bool = True
    length: bool = True  # says how long the answer is
    break_after: list[int] = field(default_factory=list)  # bytes, one entry an answer
    wait: float = 0.0  # seconds between bytes
    status: int | None = None
    wrong_range: bool = False
    log: list[tuple[str, str | None, int]] = field(default_factory=list)
    address: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.rsplit("/", 1)[-1]
        content, asked = self.files.get(name), handler.headers["Range"]
        start = int(asked[6:-1]) if asked and self.ranges else 0
        status = self.status or (404 if content is None else 206 if start else 200)
        if content is not None and start and start >= len(content):
            status = 416
        self.log.append((name, asked, status))
        handler.send_response(status)
        if content is None or status not in (200, 206):
            handler.end_headers()
            return
        rest = content[start:]
        if status == 206:
            first = 0 if self.wrong_range else start
            handler.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        if self.length:
            handler.send_header("Content-Length", str(len(rest)))
        handler.end_headers()
        if self.break_after:
            rest = rest[: self.break_after.pop(0)]
        self.send(handler, rest)

    def send(self, handler: BaseHTTPRequestHandler, rest: bytes) -> None:
        with contextlib.suppress(OSError):  # whoever asked may have gone
            if not self.wait:
                handler.wfile.write(rest)
            for byte in rest[:50] if self.wait else b"":
                handler.wfile.write(bytes([byte]))
                time.sleep(self.wait)


@pytest.fixture
def serve(monkeypatch) -> Iterator[object]:
    """Starts mirrors on 127.0.0.1; they end with the test."""
    monkeypatch.setattr(fetch, "PAUSE", 0.0)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with contextlib.ExitStack() as stack:

        def start(**behaviour) -> Mirror:
            mirror = Mirror(**behaviour)

            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    mirror.answer(self)

                def log_message(self, *_: object) -> None:
                    pass

            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            mirror.address = f"http://127.0.0.1:{server.server_port}/mnist/"
            return mirror

        yield start


def get(folder, *mirrors, **options):
    addresses = [m if isinstance(m, str) else m.address for m in mirrors]
    return data.fetch_mnist(folder, addresses, checksums=SUMS, **options)


def check(folder):
    """All files are there, whole, and nothing else is."""
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == FILES


def closed_address() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


def test_the_files_come_into_a_new_folder_with_progress(serve, tmp_path):
    mirror, told = serve(), []
    paths = get(tmp_path / "a" / "b", mirror, progress=lambda *said: told.append(said))

    check(tmp_path / "a" / "b")
    assert [path.name for path in paths] == list(FILES)
    assert told[0] == ("images.gz", 0, SIZE)
    assert ("images.gz", SIZE, SIZE) in told and told[-1][0] == "labels.gz"
    done = [at for name, at, _ in told if name == "images.gz"]
    assert done == sorted(done) and len(done) > 2


def test_it_can_be_repeated(serve, tmp_path):
    mirror, told = serve(), []
    get(tmp_path, mirror)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    get(tmp_path, mirror, progress=lambda *said: told.append(said))

    assert len(mirror.log) == 2
    assert told == [(name, len(content), len(content)) for name, content in FILES.items()]
    assert {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == before


def test_what_is_cut_off_goes_on_where_it_stopped(serve, tmp_path):
    mirror = serve(break_after=[70_000, 1000, 0])
    get(tmp_path, mirror)

    check(tmp_path)
    asked = [asked for name, asked, _ in mirror.log if name == "images.gz"]
    assert asked == [None, "bytes=70000-", "bytes=71000-", "bytes=71000-"]


def test_a_cut_that_cannot_be_seen_begins_again(serve, tmp_path):
    """A mirror that does not say how much there is: the checksum notices."""
    mirror = serve(break_after=[70_000, 1000], length=False)
    get(tmp_path, mirror)

    check(tmp_path)
    assert [asked for name, asked, _ in mirror.log if name == "images.gz"] == [None] * 3
    liar = serve(files=dict.fromkeys(FILES, b"x" * 100_000), length=False)
    with pytest.raises(LernpyError, match="something else than MNIST's file"):
        get(tmp_path / "new", liar)
    assert len(liar.log) == fetch.TRIES


def test_an_interrupted_fetch_is_resumed_later(serve, tmp_path):
    class Stop(Exception):
        pass

    def stop(name, done, total):
        if done > 60_000:
            raise Stop

    mirror = serve()
    with pytest.raises(Stop):
        get(tmp_path, mirror, progress=stop)
    assert [file.name for file in tmp_path.iterdir()] == ["images.gz.part"]
    have = (tmp_path / "images.gz.part").stat().st_size
    assert 60_000 < have < SIZE

    get(tmp_path, mirror)
    check(tmp_path)
    assert mirror.log[1] == ("images.gz", f"bytes={have}-", 206)


def test_a_killed_fetch_is_resumed_later(serve, tmp_path):
    """kill -9 in the middle: no file under its name, and the next run goes on."""
    mirror = serve()
    code = (
        "import sys, time; from lernpy import data\n"
        "def wait(name, done, total):\n"
        "    if done > 60_000: print('half', flush=True); time.sleep(60)\n"
        f"data.fetch_mnist(sys.argv[1], [sys.argv[2]], progress=wait, checksums={SUMS!r})"
    )
    command = [sys.executable, "-c", code, str(tmp_path), mirror.address]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"half\n"
        if sys.platform != "win32":
            with pytest.raises(LernpyError, match="another fetch is at work"):
                get(tmp_path, mirror)
        process.kill()
    assert [file.name for file in tmp_path.iterdir()] == ["images.gz.part"]

    get(tmp_path, mirror)
    check(tmp_path)
    assert mirror.log[1][1:] == (f"bytes={mirror.log[1][1][6:-1]}-", 206)


def test_a_server_without_ranges_sends_all_again(serve, tmp_path):
    (tmp_path / "images.gz.part").write_bytes(FILES["images.gz"][:1000])
    mirror = serve(ranges=False)
    get(tmp_path, mirror)
    check(tmp_path)
    assert mirror.log[0] == ("images.gz", "bytes=1000-", 200)


@pytest.mark.parametrize("part", [b"rubbish", FILES["images.gz"] + b"more", b"x" * SIZE])
def test_a_part_that_is_not_the_beginning_is_thrown_away(serve, tmp_path, part):
    (tmp_path / "images.gz.part").write_bytes(part)
    get(tmp_path, serve())
    check(tmp_path)


def test_a_part_that_is_whole_needs_no_server(serve, tmp_path):
    for name, content in FILES.items():
        (tmp_path / f"{name}.part").write_bytes(content)
    get(tmp_path, closed_address())
    check(tmp_path)


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        ({"status": 503}, "503 Service Unavailable"),
        ({"files": {}}, "404 Not Found"),
        ({"files": dict.fromkeys(FILES, b"<html>log in first</html>")}, "other content than MNIST"),
        ({"files": dict.fromkeys(FILES, b"")}, "other content than MNIST"),
        ({"break_after": [0] * 9}, "broke off after 0 of 120,000 bytes"),
        ({"wait": 0.5}, "no answer in time"),
    ],
)
def test_a_bad_mirror_gives_way_to_the_next(serve, tmp_path, behaviour, says):
    bad, good = serve(**behaviour), serve()
    get(tmp_path / "both", bad, good, timeout=0.2)
    check(tmp_path / "both")

    if "break_after" in behaviour:
        bad.break_after = [0] * 9
    with pytest.raises(LernpyError) as caught:
        get(tmp_path / "bad", bad, timeout=0.2)
    assert str(caught.value).startswith("images.gz could not be fetched (127.0.0.1:")
    assert says in str(caught.value) and "\n" not in str(caught.value)
    assert not (tmp_path / "bad" / "images.gz").exists()


def test_a_mirror_that_drips_is_left(serve, tmp_path):
    """A byte every 20 ms never times out, but at that speed MNIST would take two days."""
    bad, good = serve(wait=0.02), serve()
    get(tmp_path, bad, good, timeout=0.1)
    check(tmp_path)


def test_one_mirror_begins_and_the_next_one_ends(serve, tmp_path):
    first, second = serve(break_after=[50_000, 0, 0, 0]), serve()
    get(tmp_path, first, second)
    check(tmp_path)
    assert second.log[0] == ("images.gz", "bytes=50000-", 206)


def test_a_mirror_that_sends_another_range(serve, tmp_path):
    (tmp_path / "images.gz.part").write_bytes(FILES["images.gz"][:1000])
    with pytest.raises(LernpyError, match="it sent another range than asked for"):
        get(tmp_path, serve(wrong_range=True))
    get(tmp_path, serve(wrong_range=True), serve())
    check(tmp_path)


def test_a_mirror_that_never_ends(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "LARGEST", 1000)
    with pytest.raises(LernpyError, match="it sent more than 1,000 bytes"):
        get(tmp_path, serve())
    assert list(tmp_path.iterdir()) == []


def test_nobody_there(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "PAUSE", 0.0)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(LernpyError, match=r"refused.*refused.*Run it again to go on"):
        get(tmp_path, closed_address(), closed_address())


def test_something_that_is_no_web_server(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "PAUSE", 0.0)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk():
            for _ in range(fetch.TRIES):
                connection, _ = server.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"220 mail ready\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(LernpyError, match="could not be fetched"):
            get(tmp_path, f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()


@pytest.mark.parametrize("mirror", ["file:///etc/", "ftp://a/", "mnist", ""])
def test_a_mirror_that_is_no_address(tmp_path, mirror):
    with pytest.raises(LernpyError, match="is no mirror"):
        get(tmp_path, mirror)


def test_no_mirror(tmp_path):
    with pytest.raises(LernpyError, match="no mirror was named"):
        get(tmp_path)


def test_a_file_of_that_name_with_other_content_is_kept_aside(serve, tmp_path):
    """Fashion-MNIST, for one, has files of the same names."""
    (tmp_path / "images.gz").write_bytes(b"shirts")
    get(tmp_path, serve())
    assert (tmp_path / "images.gz.other").read_bytes() == b"shirts"
    assert (tmp_path / "images.gz").read_bytes() == FILES["images.gz"]


def test_a_file_instead_of_a_folder(serve, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LernpyError, match="file could not be written: file exists"):
        get(tmp_path / "file", serve())
    with pytest.raises(LernpyError, match="could not be written: not a directory"):
        get(tmp_path / "file" / "below", serve())


def test_a_full_disk_is_said_at_once(serve, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    mirror = serve()
    monkeypatch.setattr(fetch.os, "fsync", full)
    with pytest.raises(LernpyError, match=r"images\.gz could not be written: no space left"):
        get(tmp_path, mirror)
    assert not (tmp_path / "images.gz").exists() and len(mirror.log) == 1
    monkeypatch.undo()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    get(tmp_path, mirror)
    check(tmp_path)


def test_a_full_disk_while_writing(serve, tmp_path, monkeypatch):
    class Full:
        name = str(tmp_path / "images.gz.part")

        def write(self, chunk):
            raise OSError(28, "No space left on device")

    with pytest.raises(LernpyError, match=r"images\.gz\.part could not be written: no space"):
        fetch._append(Full(), b"x", 1)


def test_real_files_with_the_published_checksums(serve, shared, tmp_path):
    """The two files that are at hand, as the mirrors would send them; then they load."""
    names = [name for name in fetch.SHA256 if name.startswith("t10k")]
    real = {name: (shared / "data" / "mnist" / name).read_bytes() for name in names}
    mirror = serve(files=real, break_after=[1_000_000])
    sums = {name: fetch.SHA256[name] for name in names}
    data.fetch_mnist(tmp_path, [mirror.address], checksums=sums)
    assert len(data.load("mnist", folder=tmp_path)) == 10_000
    assert mirror.log[1][1] == "bytes=1000000-"


def test_what_is_fetched_and_from_where():
    assert fetch.MIRRORS == (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    )
    assert sorted(fetch.SHA256) == [
        "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
        "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
    ]  # fmt: skip
    assert all(len(digest) == 64 for digest in fetch.SHA256.values())


@pytest.fixture
def talk() -> Iterator[Callable[..., str]]:
    """A server that says some bytes, and others for ever; its address."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    threads: list[threading.Thread] = []

    def speak(first: bytes, again: bytes, pause: float) -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                client, _ = listening.accept()
                with client:
                    client.settimeout(1.0)
                    client.recv(4096)
                    client.sendall(first)
                    while again and not over.wait(pause):
                        client.sendall(again)

    def start(first: bytes, again: bytes = b"", pause: float = 0.0) -> str:
        threads.append(threading.Thread(target=speak, args=(first, again, pause)))
        threads[0].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield start
    over.set()
    for thread in threads:
        thread.join()
    listening.close()


def test_a_mirror_that_says_continue_for_ever(talk, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(fetch, "PAUSE", 0.0)
    with pytest.raises(LernpyError, match="it went on saying 100 Continue"):
        get(tmp_path, talk(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_mirror_whose_head_never_ends(talk, tmp_path, monkeypatch, head):
    """A byte of it comes soon enough each time; all of it does not."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(fetch, "PAUSE", 0.0)
    monkeypatch.setattr(fetch, "TRIES", 1)
    with pytest.raises(LernpyError, match="no answer in time"):
        get(tmp_path, talk(head, b"x", 0.05), timeout=0.4)


def test_a_reason_is_text_and_steers_no_terminal(talk, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(LernpyError, match="410 ") as error:
        get(tmp_path, talk(b"HTTP/1.1 410 \x1b[31mgone\x1b]0;x\x07\r\n\r\n"))
    assert str(error.value).isprintable()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("name", ["images.gz", "images.gz.part"])
@pytest.mark.parametrize("kind", ["pipe", "link to a device", "folder", "link"])
def test_what_is_no_plain_file_in_the_folder_is_named_and_left(serve, tmp_path, name, kind):
    """A link to a file stands for the file; a part is written to, and so it must not be one."""
    path, other = tmp_path / name, tmp_path / "other"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        other.write_bytes(b"mine" if name.endswith("part") else FILES["images.gz"])
        path.symlink_to("/dev/null" if kind == "link to a device" else other)

    if kind == "link" and name == "images.gz":
        get(tmp_path, serve())
        assert path.read_bytes() == FILES["images.gz"]
        return
    with pytest.raises(LernpyError, match=rf"{name} is no plain file; remove it"):
        get(tmp_path, serve())
    assert not other.exists() or other.read_bytes() in (b"mine", FILES["images.gz"])
