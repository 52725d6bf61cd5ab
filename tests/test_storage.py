"""Files are whole or not there: full disks, closed pipes, missing rights, damage of every kind."""

from __future__ import annotations

import errno
import gzip
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import lernpy
from lernpy import storage
from lernpy.errors import FileFormatError, LernpyError

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ---- writing ------------------------------------------------------------------------------------


def test_a_file_is_written_and_read(tmp_path: Path):
    storage.write_text(tmp_path / "a.txt", "größer\n")

    assert storage.read_bytes(tmp_path / "a.txt") == "größer\n".encode()
    assert names(tmp_path) == ["a.txt"]


def test_the_new_content_takes_the_place_of_the_old(tmp_path: Path):
    storage.write_text(tmp_path / "a.txt", "a long old content")
    storage.write_text(str(tmp_path / "a.txt"), "new")

    assert (tmp_path / "a.txt").read_text() == "new"


def test_gz_is_compressed_and_equal_content_gives_equal_bytes(tmp_path: Path):
    content = b"blame " * 1_000
    storage.write_bytes(tmp_path / "a.gz", content)
    storage.write_bytes(tmp_path / "b.gz", content)

    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    assert (tmp_path / "a.gz").stat().st_size < 200
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()) == content
    assert storage.read_bytes(tmp_path / "a.gz") == content


@pytest.mark.parametrize("broken", ["write", "fsync", "replace"])
@pytest.mark.parametrize("before", ["the old content", None])
def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, before: str | None
):
    path = tmp_path / "net.json"
    if before is not None:
        path.write_text(before)

    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Full:
        """A file that takes nothing."""

        def __init__(self, handle: int, mode: str) -> None:
            self.handle = handle

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *error: object) -> None:
            os.close(self.handle)

        write = full

    with monkeypatch.context() as patch:
        if broken == "write":
            patch.setattr(os, "fdopen", Full)
        else:
            patch.setattr(os, broken, full)
        with pytest.raises(LernpyError, match=r"net\.json could not be written: no space left on"):
            storage.write_text(path, "new")

    assert names(tmp_path) == ([] if before is None else ["net.json"])
    assert before is None or path.read_text() == before


@POSIX
def test_a_really_full_device():
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")

    with pytest.raises(LernpyError, match="/dev/full could not be written: no space left"):
        storage.write_text("/dev/full", "x" * 100_000)

    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)  # and it is still the device


@POSIX
def test_a_device_is_written_to_and_not_replaced():
    storage.write_text(os.devnull, "gone")

    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@POSIX
def test_a_closed_pipe():
    """`... | head`: the reader has left."""
    reader, writer = os.pipe()
    os.close(reader)

    try:
        with pytest.raises(LernpyError, match="could not be written: broken pipe"):
            storage.write_bytes(f"/dev/fd/{writer}", b"x")
    finally:
        os.close(writer)


@POSIX
def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "3.json").write_text("old")
    (tmp_path / "latest.json").symlink_to("runs/3.json")

    storage.write_text(tmp_path / "latest.json", "new")

    assert (tmp_path / "latest.json").is_symlink()
    assert (tmp_path / "runs" / "3.json").read_text() == "new"
    assert names(tmp_path / "runs") == ["3.json"]


@POSIX
def test_the_rights_of_a_file_are_kept(tmp_path: Path):
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o640)

    storage.write_text(path, "new")

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_long_name_leaves_room_for_the_temporary_one(tmp_path: Path):
    name = "n" * 250

    storage.write_text(tmp_path / name, "x")

    assert names(tmp_path) == [name]


def test_places_where_nothing_can_be_written(tmp_path: Path):
    for path, sentence in [
        (tmp_path, "is a folder; name a file in it"),
        (tmp_path / "no" / "a", "does not exist; make it first"),
        (tmp_path / ("n" * 300), "could not be written: file name too long"),
        (tmp_path / "a\0b", "is no name of a file"),
        ("", "is a folder"),
    ]:
        with pytest.raises(LernpyError) as error:
            storage.write_text(path, "x")
        assert sentence in str(error.value)
    assert names(tmp_path) == []


def test_a_folder_one_may_not_write_to_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Also of a file that is there: it is replaced, so its folder must let itself be changed."""
    (tmp_path / "a.txt").write_text("old")
    storage.check_path(tmp_path / "a.txt")
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != tmp_path)
    for name in ("a.txt", "b.txt"):
        with pytest.raises(LernpyError, match=r"\.txt could not be written: permission denied"):
            storage.check_path(tmp_path / name)
    storage.check_path(os.devnull)


@POSIX
def test_a_folder_one_may_not_write_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Root may write everywhere, so the refusal is played."""

    def refused(*args: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.mkstemp", refused)

    with pytest.raises(LernpyError, match=r"a\.txt could not be written: permission denied"):
        storage.write_text(tmp_path / "a.txt", "x")


@POSIX
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path):
    """A child writes all ones, all twos, ... for ever; it is killed at random moments."""
    path = tmp_path / "a"
    script = (
        "import sys; from lernpy import storage\n"
        "for turn in range(10**9):\n"
        "    storage.write_bytes(sys.argv[1], bytes([turn % 251]) * 200_000)\n"
        "    if turn == 0: print('on', flush=True)\n"
    )
    for turn in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "on\n"
        time.sleep(0.003 * turn)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        content = path.read_bytes()
        assert len(content) == 200_000
        assert len(set(content)) == 1


# ---- reading ------------------------------------------------------------------------------------


def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for path, sentence in [
        (tmp_path / "no", "could not be read: no such file or directory"),
        (tmp_path, "is a folder; name a file in it"),
        (tmp_path / "a\0b", "is no name of a file"),
    ]:
        with pytest.raises(LernpyError) as error:
            storage.read_bytes(path)
        assert sentence in str(error.value)


def test_a_file_one_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a"
    path.write_text("x")

    def refused(*args: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("builtins.open", refused)

    with pytest.raises(LernpyError, match="could not be read: permission denied"):
        storage.read_bytes(path)


def test_a_large_file_is_refused_also_unpacked(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"0" * 101)
    (tmp_path / "b").write_bytes(gzip.compress(b"0" * 1_000_000))

    assert len(storage.read_bytes(tmp_path / "a", largest=101)) == 101
    for name in "ab":
        with pytest.raises(FileFormatError, match="larger than 100 bytes"):
            storage.read_bytes(tmp_path / name, largest=100)


def test_a_packed_file_cut_off_anywhere(tmp_path: Path):
    whole = gzip.compress(b'{"a": 1}' * 50)
    for end in range(2, len(whole)):
        (tmp_path / "a.gz").write_bytes(whole[:end])
        with pytest.raises(FileFormatError, match="is cut off or damaged"):
            storage.read_bytes(tmp_path / "a.gz")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{", "line 1, column 2: no JSON"),
        (b'{"a":\n\n 1', "line 3, column 3: no JSON"),
        (b'"\xff"', "is no text file: byte 1 is no UTF-8"),
        (b"[NaN]", "has the number NaN, which no network may have"),
        (b"[-Infinity]", "has the number -Infinity"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"[" * 3_000 + b"]" * 3_000, "is nested too deeply"),
        (b"[1" + b"0" * 5_000 + b"]", "has a number that is too long"),
        (b"\xef\xbb\xbf{}", "begins with a byte order mark; save it as UTF-8 without one"),
        (b'[{"a": 1, "b": 2, "a": 1}]', "has 'a' twice in one object"),
    ],
)
def test_what_is_no_json(tmp_path: Path, content: bytes, sentence: str):
    (tmp_path / "a.json").write_bytes(content)

    with pytest.raises(FileFormatError) as error:
        storage.read_json(tmp_path / "a.json")

    assert sentence in str(error.value)
    assert "a.json" in str(error.value)


def test_a_small_file_that_would_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A hundred million empty lists, in a file of some kilobytes: counted before they are made."""
    monkeypatch.setattr(storage, "MOST_VALUES", 1_000)

    assert len(storage.parse_json("[" + "[]," * 400 + "[]]", "a")) == 401
    for content in ("[" + "[]," * 600 + "[]]", b"[" + b"{}," * 600 + b"{}]"):
        with pytest.raises(FileFormatError, match="a has more than 1,000 values"):
            storage.parse_json(content, "a")


BOMBS = {  # what unpacks to a thousand times its size
    "spaces": b"[" + b" " * 300_000_000 + b"]",
    "lists": b"[" + b"[]," * 30_000_000 + b"[]]",
    "fewer lists": b"[" + b"[]," * 5_000_000 + b"[]]",
    "numbers": b"[" + b"1e5," * 20_000_000 + b"0]",
    "objects": b"[" + b'{"a":1},' * 10_000_000 + b"{}]",
}
READ = """
import pathlib, resource, sys
from lernpy import errors, storage
def peak():  # kB; on Linux of this process alone: ru_maxrss is handed down by the one that starts it
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
try:
    storage.read_json(sys.argv[1])
except errors.LernpyError as error:
    print(error)
print((peak() - before) // 1024)
"""


@POSIX
@pytest.mark.parametrize("kind", BOMBS)
def test_a_small_file_costs_little_memory(tmp_path: Path, kind: str):
    """Some 300 kB that unpack to hundreds of megabytes: refused with less than 200 MB."""
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(BOMBS[kind], 9))

    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "a.json.gz")], capture_output=True, text=True
    )

    assert "that is no file of" in done.stdout, done.stderr
    assert int(done.stdout.split()[-1]) < 200


@pytest.mark.parametrize("content", [b" " * 20_000_000, b"[" + b"[]," * 600_000 + b"[]]"])
def test_whatever_is_written_can_be_read_however_tightly_it_packs(tmp_path: Path, content: bytes):
    storage.write_bytes(tmp_path / "a.json.gz", content)

    assert storage.read_bytes(tmp_path / "a.json.gz") == content
    if content.strip():
        assert len(storage.read_json(tmp_path / "a.json.gz")) == 600_001


def test_a_network_of_zeros_packs_tightly_and_is_read(tmp_path: Path):
    network = lernpy.layered([300, 100, 10], init="zeros", optimizer="adam")
    network.learn([0.0] * 300, [0.5] * 10)
    for weight in network.weights:
        weight.memory = (0.0, 0.0, 0.5, 0.5)
    lernpy.save(network, tmp_path / "a.json.gz")

    assert len(lernpy.load(tmp_path / "a.json.gz").weights) == len(network.weights)


@POSIX
def test_a_pipe_nobody_writes_to_does_not_wait_for_ever(tmp_path: Path):
    os.mkfifo(tmp_path / "a.json")

    with pytest.raises(LernpyError, match=r"a\.json is empty"):
        storage.read_json(tmp_path / "a.json")


@POSIX
def test_a_pipe_is_read_to_its_end():
    """As with `lernpy predict net.json <(...)`."""
    reader, writer = os.pipe()
    os.write(writer, b"[1, 2]")
    os.close(writer)

    assert storage.read_json(f"/dev/fd/{reader}") == [1, 2]
    os.close(reader)


@POSIX
def test_links_that_lead_nowhere_or_in_a_circle(tmp_path: Path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "c").symlink_to("d")

    for name in "abc":
        with pytest.raises(LernpyError, match="could not be read"):
            storage.read_bytes(tmp_path / name)


@POSIX
def test_what_a_killed_process_left_half_written_goes_at_the_next_write(tmp_path: Path):
    script = (
        "import os, signal, sys; from lernpy import storage\n"
        "os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
        "storage.write_text(sys.argv[1], 'x')\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.json")], check=False)
    half = names(tmp_path)
    alive = tmp_path / f".a.json.{os.getppid()}-abcdefgh{storage.TEMPORARY}"
    alive.write_text("of a process that is still there")
    (tmp_path / ".notes-abcdefgh").write_text("somebody else's")

    storage.write_text(tmp_path / "b.json", "y")

    assert len(half) == 1 and half[0].endswith(storage.TEMPORARY)
    assert names(tmp_path) == sorted([alive.name, ".notes-abcdefgh", "b.json"])


def test_a_pipe_with_a_name_is_no_place_for_a_file(tmp_path: Path) -> None:
    """Without a reader one would wait for ever, and a reader is not known before one writes."""
    os.mkfifo(tmp_path / "net.json")
    for write in (storage.check_path, lambda path: storage.write_bytes(path, b"x")):
        with pytest.raises(LernpyError, match="is a pipe, not a regular file; name a file"):
            write(tmp_path / "net.json")
