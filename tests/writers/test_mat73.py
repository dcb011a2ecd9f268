"""Version 7.3 .mat files: MATLAB's layout, and what h5py, mat73, pymatreader and Octave make of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from dicome.writers import mat73
from tests.writers.reading_back import ACCENTS, OCTAVE_CHECKS, VALUES, ask_octave

IMAG = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


@pytest.fixture(params=[False, True], ids=["plain", "compressed"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    target = tmp_path / "values.mat"
    mat73.write_file(target, IMAG, {"v": VALUES}, request.param)
    return target


def test_the_first_block_names_the_version(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"MATLAB 7.3 MAT-file, ")
    assert data[124:128] == b"\x00\x02IM"
    assert data[512:520] == b"\x89HDF\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "attributes", "dtype", "shape"),
    [
        ("imag", {"MATLAB_class": b"single"}, "f4", (4, 3, 2)),
        ("v/Zero", {"MATLAB_class": b"double"}, "f8", (1, 1)),
        ("v/Matrix", {"MATLAB_class": b"double"}, "f8", (3, 2)),
        ("v/Cube", {"MATLAB_class": b"int16"}, "i2", (4, 3, 2)),
        ("v/Flag", {"MATLAB_class": b"logical", "MATLAB_int_decode": 1}, "u1", (2, 1)),
        ("v/Plain", {"MATLAB_class": b"char", "MATLAB_int_decode": 2}, "u2", (16, 1)),
        ("v/Blank", {"MATLAB_class": b"char", "MATLAB_int_decode": 2, "MATLAB_empty": 1}, "u8", (2,)),
        ("v/Nothing", {"MATLAB_class": b"double", "MATLAB_empty": 1}, "u8", (2,)),
        ("v/NoCells", {"MATLAB_class": b"cell", "MATLAB_empty": 1}, "u8", (2,)),
        ("v/Nested", {"MATLAB_class": b"cell"}, "O", (4, 1)),
    ],
)
def test_objects_are_laid_out_as_by_matlab(
    path: Path, name: str, attributes: dict[str, Any], dtype: str, shape: tuple[int, ...]
) -> None:
    with h5py.File(path) as file:
        found = file[name]
        assert dict(found.attrs) == attributes
        assert (found.dtype, found.shape) == (np.dtype(dtype), shape)


def test_structs_keep_the_order_of_their_fields(path: Path) -> None:
    with h5py.File(path) as file:
        group = file["v"]
        assert group.attrs["MATLAB_class"] == b"struct"
        assert [b"".join(word).decode() for word in group.attrs["MATLAB_fields"]] == list(VALUES)


def test_cells_with_the_same_value_refer_to_one_object(path: Path) -> None:
    with h5py.File(path) as file:
        cells = file["v/Texts"][0]
        names = [file[reference].name for reference in cells]
        assert names[0] == names[2] != names[1]
        assert all(name.startswith("/#refs#/") for name in names)
        assert file[cells[1]][()].tobytes().decode("utf-16-le") == ACCENTS


def test_mat73_reads_every_kind_of_value(path: Path) -> None:
    reader = pytest.importorskip("mat73")
    found = reader.loadmat(str(path))
    assert set(found) == {"imag", "v"}
    assert np.array_equal(found["imag"], IMAG)
    v = found["v"]
    assert v["Matrix"].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert np.array_equal(v["Cube"], np.arange(-12, 12).reshape(2, 3, 4))
    assert v["Flag"].tolist() == [True, False]
    assert (v["Plain"], v["Accents"], v["Nothing"]) == ("ORIGINAL\\PRIMARY", ACCENTS, None)
    assert v["Name"] == {"FamilyName": "Müller", "GivenName": "Jürgen"}
    assert v["Tree"]["Item_1"]["Deeper"]["Number"] == 7
    assert v["Nested"][1] == ["b", "cc"]


def test_pymatreader_reads_structs_and_text(path: Path) -> None:
    reader = pytest.importorskip("pymatreader")
    v = reader.read_mat(str(path))["v"]
    assert v["Accents"] == ACCENTS
    assert v["Name"] == {"FamilyName": "Müller", "GivenName": "Jürgen"}
    assert v["Nested"][1] == ["b", "cc"]


def test_octave_has_every_kind_of_value_in_its_own_format(path: Path, tmp_path: Path, octave: str) -> None:
    code = f"s = load('{path}'); v = s.__refs_.v;\n{OCTAVE_CHECKS}"
    code += "assert(isequal(size(s.imag), [2 3 4]) && s.imag(2, 3, 4) == 23 && s.imag(1, 2, 3) == 6);"
    # A column of text is a char matrix there, which cellstr makes cells of.
    code += "t = cellstr(v.Texts); assert(isequal(size(t), [4 1]) && strcmp(t{3}, 'one') && strcmp(t{2}, v.Accents));"
    ask_octave(octave, tmp_path, code)


def test_octave_reads_matlabs_own_objects_as_documented(path: Path, tmp_path: Path, octave: str) -> None:
    code = f"s = load('{path}'); v = s.v;"
    code += "assert(isequal(class(s.imag), 'double') && isequal(class(v.Plain), 'uint16'));"
    code += "assert(strcmp(char(v.Plain), 'ORIGINAL\\PRIMARY') && ~isfield(v, 'Nested'));"
    code += "text = native2unicode(typecast(v.Accents, 'uint8'), 'UTF-16LE'); printf('%s\\n', text);"
    assert ask_octave(octave, tmp_path, code) == f"{ACCENTS}\n"


def test_a_struct_of_many_fields_is_written_whole(tmp_path: Path) -> None:
    # 16 bytes a field: with 5,000 the attribute is over the 64 KiB that older HDF5 files hold.
    many = {f"Item_{k}": np.array(float(k)) for k in range(1, 5001)}
    mat73.write_file(tmp_path / "a.mat", np.zeros((2, 2)), {"v": many}, compress=False)
    with h5py.File(tmp_path / "a.mat") as file:
        assert b"".join(file["v"].attrs["MATLAB_fields"][4999]) == b"Item_5000"
        assert file["v/Item_5000"][0, 0] == 5000


def test_a_shared_value_is_stored_once(tmp_path: Path) -> None:
    from dicome.columnar import Group, Numbers, Parts

    items = Group(3, {"Same": Numbers(np.full((3, 1), 7.0)), "Other": Numbers(np.array([[1.0], [2.0], [1.0]]))})
    value = {"Frames": Parts(((np.array([1, 2, 3]), items),))}
    mat73.write_file(tmp_path / "a.mat", np.zeros((2, 2)), {"v": value}, compress=False)
    with h5py.File(tmp_path / "a.mat") as file:
        assert file["v/Frames/Item_1/Same"] == file["v/Frames/Item_3/Same"]
        assert file["v/Frames/Item_1/Other"] != file["v/Frames/Item_2/Other"]
        assert [file[f"v/Frames/Item_{k}/Other"][0, 0] for k in (1, 2, 3)] == [1, 2, 1]


def test_text_of_many_frames_is_a_char_matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, octave: str) -> None:
    monkeypatch.setattr(mat73, "MOST_CELLS", 3)
    path = tmp_path / "a.mat"
    mat73.write_file(path, IMAG, {"v": VALUES}, compress=False)
    with h5py.File(path) as file:
        found = file["v/Texts"]
        assert dict(found.attrs) == {"MATLAB_class": b"char", "MATLAB_int_decode": 2}
        rows = [row.tobytes().decode("utf-16-le").rstrip() for row in found[()].T]
        assert rows == ["one", ACCENTS, "one", ""]
        assert file["v/Nested"].attrs["MATLAB_class"] == b"cell"
    code = f"s = load('{path}'); t = cellstr(char(s.v.Texts)); assert(strcmp(t{{3}}, 'one') && size(t, 1) == 4);"
    ask_octave(octave, tmp_path, code)
