"""NPZ and IDX: arrays from files, with every size checked before it is believed."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lernpy import data
from lernpy.data.readers.idx import read_array
from lernpy.data.readers.npz import read_pair
from lernpy.errors import DataError, FileFormatError, LernpyError


def idx(array, kind=8, type_="u1"):
    """The bytes of an IDX file."""
    array = np.asarray(array)
    head = struct.pack(">BBBB", 0, 0, kind, array.ndim) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    return head + array.astype(np.dtype(type_).newbyteorder(">")).tobytes()


IMAGES = np.arange(3 * 4 * 5).reshape(3, 4, 5)
LABELS = np.array([7, 0, 3])


@pytest.fixture
def folder(tmp_path):
    """Small files with MNIST's names: three images for training, two to test."""
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(IMAGES))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(LABELS)))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(IMAGES[:2] + 1)))
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx([0, 3]))
    return tmp_path


def save(tmp_path, name="t.npz", **arrays):
    np.savez(tmp_path / name, **arrays)
    return tmp_path / name


# IDX


def test_a_folder_with_mnists_files(folder):
    images = data.load(folder)
    assert images.inputs.tolist() == IMAGES.reshape(3, 20).tolist()
    assert images.inputs.dtype == np.uint8
    assert images.classes == ("0", "3", "7") and images.labels.tolist() == [2, 0, 1]
    assert (images.image, images.maximum) == ((4, 5), 255.0)
    assert images.input_names[:2] == ("r1c1", "r1c2") and images.input_names[-1] == "r4c5"
    assert data.load("mnist", folder=folder).inputs.tolist() == images.inputs.tolist()
    assert (data.reload(images.source).inputs == images.inputs).all()


def test_the_part_can_be_said(folder):
    test = data.load(folder, part="test")
    assert test.inputs.tolist() == (IMAGES[:2] + 1).reshape(2, 20).tolist()
    assert data.reload(test.source).inputs.tolist() == test.inputs.tolist()
    assert len(data.load(f"mnist:folder={folder},part=test")) == 2
    assert len(data.load("mnist", folder=folder, part="train")) == 3
    with pytest.raises(DataError, match="parts train and test, not 'exam'"):
        data.load(folder, part="exam")
    with pytest.raises(LernpyError, match="no option 'target'"):
        data.load(folder, target=3)


def test_a_folder_that_has_only_the_test_images(folder):
    for file in folder.glob("train*"):
        file.unlink()
    assert len(data.load(folder)) == 2
    with pytest.raises(DataError, match="is a folder without train-images-idx3-ubyte"):
        data.load(folder, part="train")


def test_the_test_images_with_the_classes_of_the_training_images(folder):
    """The test part lacks the class 7; aligned it has an output for it nevertheless."""
    card = data.Card.of(data.load(folder))
    test = data.load(folder, part="test", like=card)
    assert test.classes == ("0", "3", "7")
    assert test.targets.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_a_file_of_images_with_its_labels_beside(folder):
    assert len(data.load(folder / "train-images-idx3-ubyte")) == 3
    assert len(data.load(folder / "t10k-images-idx3-ubyte.gz")) == 2
    (folder / "pixels").write_bytes(idx(IMAGES))
    with pytest.raises(DataError, match="which file holds the labels"):
        data.load(folder / "pixels")
    labels = str(folder / "train-labels-idx1-ubyte.gz")
    said = data.load(folder / "pixels", labels=labels)
    assert len(said) == 3 and len(data.reload(said.source)) == 3


def test_other_types_and_flat_rows(folder):
    (folder / "train-images-idx3-ubyte").write_bytes(idx([[0.5, 1.5]] * 3, 14, "f8"))
    flat = data.load(folder)
    assert flat.inputs.tolist() == [[0.5, 1.5]] * 3
    assert (flat.image, flat.maximum, flat.input_names) == (None, None, ("x1", "x2"))
    (folder / "a").write_bytes(idx([[-300, 5]], 11, "i2"))
    assert read_array(folder / "a").tolist() == [[-300, 5]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train-images-idx3-ubyte", idx(IMAGES)[:-1], "is cut off: 3 x 4 x 5 values need 76 bytes"),
        ("train-images-idx3-ubyte", idx(IMAGES) + b"\0", "goes on after its end"),
        ("train-images-idx3-ubyte", b"", "is no IDX file"),
        ("train-images-idx3-ubyte", b"\0\0\x08", "is no IDX file"),
        ("train-images-idx3-ubyte", b"\0\0\x07\3" + b"\0" * 12, "is no IDX file"),
        ("train-images-idx3-ubyte", b"\0\0\x08\3\0\0", "or it is cut off"),
        ("train-images-idx3-ubyte", b"\0\0\x08\xff" + b"\0" * 2000, "1 to 4 dimensions"),
        ("train-images-idx3-ubyte", b"\0\0\x08\3" + b"\xff" * 12, "is cut off: 4294967295 x"),
        ("train-images-idx3-ubyte", idx(IMAGES[:0]), "holds no images"),
        ("train-images-idx3-ubyte", idx(LABELS), "holds no images"),
        ("train-images-idx3-ubyte", idx(IMAGES[:2]), "has 2 images, but .* has 3 labels"),
        ("train-labels-idx1-ubyte.gz", idx(IMAGES), "holds no labels"),
        (
            "train-labels-idx1-ubyte.gz",
            gzip.compress(idx(LABELS), mtime=0)[:-9],
            "cut off or damaged",
        ),
        ("train-labels-idx1-ubyte.gz", idx([5, 5, 5]), "every target is '5'"),
        (
            "train-labels-idx1-ubyte.gz",
            idx([1, np.nan, 2], 14, "f8"),
            "sample 2: the target nan is",
        ),
        ("train-labels-idx1-ubyte.gz", None, "labels beside it: .* is missing"),
    ],
)
def test_damaged_idx_files(folder, name, content, message):
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(LernpyError, match=message):
        data.load(folder)


def test_a_folder_without_images(tmp_path):
    with pytest.raises(DataError, match="is a folder without train-images or t10k-images-idx3"):
        data.load(tmp_path)


def test_real_mnist(shared):
    mnist = data.load("mnist", folder=shared / "data" / "mnist")
    assert mnist.inputs.shape == (10_000, 784) and mnist.inputs.dtype == np.uint8
    assert mnist.classes == tuple("0123456789") and mnist.labels[:5].tolist() == [7, 2, 1, 0, 4]
    scaled = data.Scaling.fit("image", mnist.inputs, mnist.maximum).apply(mnist.inputs)
    assert (scaled.dtype, scaled.min(), scaled.max()) == (np.float64, 0.0, 1.0)
    training, validation, _ = data.split(mnist, validation=0.2)
    assert validation is not None and training.inputs.dtype == np.uint8
    share = np.bincount(validation.labels) / np.bincount(mnist.labels)
    assert share == pytest.approx(np.full(10, 0.2), abs=0.002)


def test_folders_as_others_lay_them_and_images_that_lie_on_their_side(tmp_path):
    """torchvision's MNIST/raw, Kaggle's file in a folder of its own name, EMNIST's names and transposition."""
    content = {"images": idx(IMAGES), "labels": idx(np.arange(len(IMAGES), dtype=np.uint8) % 2)}
    for kind, ending in (("images", "idx3"), ("labels", "idx1")):
        torch = tmp_path / "torch" / "MNIST" / "raw" / f"train-{kind}-{ending}-ubyte"
        kaggle = (
            tmp_path / "kaggle" / f"train-{kind}.{ending}-ubyte" / f"train-{kind}.{ending}-ubyte"
        )
        emnist = tmp_path / "emnist" / f"emnist-letters-train-{kind}-{ending}-ubyte"
        for path in (torch, kaggle, emnist):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content[kind])
    plain = data.load(tmp_path / "torch")
    assert (data.load(tmp_path / "kaggle").inputs == plain.inputs).all()
    turned = data.load(tmp_path / "emnist", transpose=True)
    height, width = plain.image
    assert turned.image == (width, height) and turned.source["transpose"] is True
    assert (
        turned.inputs.reshape(-1, width, height).transpose(0, 2, 1).reshape(plain.inputs.shape)
        == plain.inputs
    ).all()


# NPZ


@pytest.mark.parametrize("names", [("X", "Y"), ("X", "y"), ("x", "y"), ("inputs", "targets")])
def test_a_pair_of_arrays(tmp_path, names):
    path = save(tmp_path, **{names[0]: [[1.5, 2], [3, 4]], names[1]: [0.5, 0.25]})
    pair = data.load(path)
    assert pair.inputs.tolist() == [[1.5, 2], [3, 4]]
    assert pair.targets.tolist() == [[0.5], [0.25]]
    assert pair.task == "regression" and pair.input_names == ("x1", "x2")
    assert (data.reload(pair.source).inputs == pair.inputs).all()


@pytest.mark.parametrize(
    "names",
    [
        {"train": ("x_train", "y_train"), "test": ("x_test", "y_test")},  # keras
        {
            "train": ("train_images", "train_labels"),
            "test": ("test_images", "test_labels"),
        },  # MedMNIST
    ],
)
def test_parts_of_an_archive_by_their_names(tmp_path, names):
    images = np.arange(96, dtype=np.uint8).reshape(6, 4, 4, 1)
    arrays = {}
    for part, (first, second) in names.items():
        count = 4 if part == "train" else 2
        arrays |= {first: images[:count], second: np.array([[0], [1]] * (count // 2))}
    path = save(tmp_path, **arrays)
    training, test = data.load(path), data.load(path, part="test")
    assert (len(training), len(test), training.image) == (4, 2, (4, 4))
    assert training.source["part"] == "train" and training.classes == ("0", "1")
    with pytest.raises(LernpyError, match="needs arrays of the part 'validation'"):
        data.load(path, part="validation")
    with pytest.raises(LernpyError, match="the parts are called train, validation and test"):
        data.load(path, part="tset")


def test_arrays_by_their_position_and_labels_that_are_objects(tmp_path):
    np.savez(tmp_path / "t.npz", np.eye(3), [0.5, 1.5, 2])
    assert data.load(tmp_path / "t.npz").targets.ravel().tolist() == [0.5, 1.5, 2]
    words = np.array(["dark", "bright", "dark", "né"], dtype=object)
    read = data.load(save(tmp_path, X=np.eye(4), Y=words))
    assert read.classes == ("bright", "dark", "né") and read.labels.tolist() == [1, 0, 1, 2]


def test_a_pickle_is_never_run(tmp_path):
    """What would run a program when it is unpickled is refused like any other object."""

    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "run",))

    for wrong in ([Evil(), "a"], [[1], "a"], [None, "a"]):
        array = np.empty(2, dtype=object)
        array[:] = wrong
        with pytest.raises(LernpyError, match="holds object"):
            data.load(save(tmp_path, X=np.eye(2), Y=array))
    assert not (tmp_path / "run").exists()


def test_what_npz_targets_mean(tmp_path):
    def load(targets, **options):
        return data.load(save(tmp_path, X=np.arange(len(targets)), Y=targets), **options)

    assert load([5, 7, 9] * 3).classes == ("5", "7", "9")
    assert load([5, 7, 9]).task == "regression"
    assert load([5, 7, 9], task="regression").targets.ravel().tolist() == [5, 7, 9]
    assert load(["b", "a", "b"]).classes == ("a", "b")
    assert load([b"b", b"a"]).classes == ("a", "b")
    assert load([True, False]).targets.tolist() == [[1], [0]]
    assert load([[0, 1], [1, 0]]).labels.tolist() == [1, 0]
    assert load([[0, 1], [1, 0]], task="percentages").task == "percentages"
    assert load([[0.5, 1], [1, 0]]).output_names == ("y1", "y2")
    assert load([[1, 2], [3, 4]]).task == "regression"
    for targets, options, message in [
        ([[1, 2], [3, 4]], {"task": "classification"}, "must be 0 and 1, with one 1"),
        ([5, 5], {}, "every target is '5'"),
        ([1, np.nan], {}, "sample 2: the target nan is not a finite number"),
        ([["a", "b"], ["c", "d"]], {}, "one word for each sample"),
        ([1, 2], {"task": "gues"}, "no task is called 'gues'"),
        ([1, 2], {"target": "y"}, "no option 'target'"),
    ]:
        with pytest.raises(LernpyError, match=message):
            load(targets, **options)


def test_images_in_npz(tmp_path):
    path = save(tmp_path, X=np.arange(12, dtype=np.uint8).reshape(2, 2, 3), Y=[0, 1])
    images = data.load(path)
    assert (images.image, images.maximum, images.inputs.dtype) == ((2, 3), 255.0, np.uint8)
    path = save(tmp_path, X=np.arange(12.0).reshape(2, 2, 3), Y=[0, 1])
    assert data.load(path).maximum == 11
    assert data.load(path, maximum=16).maximum == 16
    assert data.load(f"{path}:maximum=16").source["maximum"] == 16
    for wrong in ("many", 0, -1, "nan"):
        with pytest.raises(LernpyError, match="maximum must be a number above 0"):
            data.load(path, maximum=wrong)
    columns_first = save(tmp_path, X=np.asfortranarray([[1, 2], [3, 4]]), Y=[0, 1])
    assert data.load(columns_first).inputs.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": [[1]]}, "needs the arrays X and Y .or inputs and targets.; it has X"),
        ({"X": [[1], [2]], "Y": [1]}, "has 2 inputs, but 1 targets"),
        ({"X": [["a"]], "Y": [1]}, "the inputs must be numbers"),
        ({"X": [[1 + 2j]], "Y": [1]}, "array 'X' holds complex128; only plain"),
        ({"X": np.array([[None]]), "Y": [1]}, "array 'X' holds object; only plain"),
        ({"X": np.zeros((0, 2)), "Y": np.zeros(0)}, "is empty"),
        ({"X": np.zeros((2, 0)), "Y": [0, 1]}, "is empty"),
        ({"X": 5, "Y": 5}, "is a single value"),
        ({"X": [[np.inf], [1]], "Y": [0, 1]}, "sample 1, input 'x1': inf is not a finite"),
    ],
)
def test_arrays_that_do_not_make_data(tmp_path, arrays, message):
    with pytest.raises(LernpyError, match=message):
        data.load(save(tmp_path, **arrays))


def member(shape, kind="<f8", content=b""):
    """An array's bytes with whatever head."""
    head = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape!r}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + content


@pytest.mark.parametrize(
    "content",
    [
        member((10**12,)),
        member((-1,), content=b"\0" * 8),
        member((2,), content=b"\0" * 8),
        member((1,), "|O", b"\0" * 8),
        member((5,), "|V0"),
        member("x"),
        b"\x93NUMPY\x01\x00\xff\xff{",
        b"\x93NUMPY\x09\x00\x01\x00{",
        b"nonsense",
        b"",
    ],
)
def test_an_array_that_lies_about_itself(tmp_path, content):
    """A head that promises a million million numbers takes no memory."""
    with zipfile.ZipFile(tmp_path / "t.npz", "w") as archive:
        archive.writestr("X.npy", content)
        archive.writestr("Y.npy", content)
    with pytest.raises(LernpyError, match="array 'X'"):
        data.load(tmp_path / "t.npz")


def test_other_archives(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    with pytest.raises(
        LernpyError, match=r"needs openpyxl: pip install|is no readable spreadsheet"
    ):
        data.load(tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.npz", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("X.npy", "")
        archive.writestr("Y.npy", "")
    with pytest.raises(FileFormatError, match="compressed in a way that NumPy does not use"):
        data.load(tmp_path / "t.npz")
    np.save(tmp_path / "t.npy", [1, 2])
    with pytest.raises(DataError, match="has one array"):
        data.load(tmp_path / "t.npy")
    (tmp_path / "t.npz").write_bytes(b"1,2\n3,4\n")
    with pytest.raises(FileFormatError, match="is no NPZ file"):
        data.load(tmp_path / "t.npz")


def archive_bytes():
    stream = io.BytesIO()
    np.savez_compressed(stream, X=np.arange(6.0).reshape(3, 2), Y=np.arange(3))
    return stream.getvalue()


VALID = {"t.npz": archive_bytes(), "t-images": idx(IMAGES)}


@pytest.mark.parametrize("name", VALID)
def test_mutants_are_read_or_refused(tmp_path_factory, name):
    """Bytes changed, cut out or doubled: an array or an error of ours, never a crash."""
    path = tmp_path_factory.mktemp("mutants") / name
    read = {"t.npz": read_pair, "t-images": read_array}[name]
    refused = 0

    @given(
        st.lists(
            st.tuples(st.integers(0, len(VALID[name]) - 1), st.binary(max_size=3)), max_size=4
        ),
        st.integers(0, 8),
    )
    def check(changes, cut):
        nonlocal refused
        content = bytearray(VALID[name])
        for at, piece in changes:
            content[at : at + len(piece)] = piece
        path.write_bytes(bytes(content[: len(content) - cut]))
        try:
            read(path)
        except LernpyError as error:
            assert "\n" not in str(error)
            refused += 1

    check()
    assert refused > 10
