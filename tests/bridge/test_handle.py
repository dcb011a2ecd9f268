"""Requests answered in this process by a made-up engine, and what lies in the folder afterwards."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat

from dicome.bridge import numeric
from dicome.bridge.handle import answer
from dicome.bridge.protocol import FLAGS, PROTOCOL, CardRequest, ConvertRequest, ExportRequest, ReadRequest, Result
from dicome.columnar import Group, Numbers, Tree
from dicome.errors import ColumnError, DicomeError, FileMissingError, MissingCodecError


class Engine:
    """Gives what it was told to, and keeps the request."""

    def __init__(self, outcome: Result | BaseException | None = None) -> None:
        self.outcome = outcome
        self.request: ReadRequest | None = None
        self.exported: ExportRequest | None = None
        self.card: CardRequest | None = None

    def read(self, request: ReadRequest) -> Result:
        self.request = request
        if isinstance(self.outcome, Result):
            return self.outcome
        raise self.outcome or AssertionError("nothing was to be read")

    def dimensions(self, request: ReadRequest) -> tuple[str, ...]:
        self.request = request
        return ("1  Column (2)", "2  Row (3)")

    def export(self, request: ExportRequest) -> tuple[Path, ...]:
        self.exported = request
        return (request.target, Path("/data/é.json"))

    def examcard(self, request: CardRequest) -> dict[str, Tree]:
        self.card = request
        return {"PDF_EXAM_PARS": {"EX_ACQ_echoes": np.array([2.0]), "EX_names": ("a", "b")}, "RC": None}

    def dcms2e(self, request: ConvertRequest) -> Path:
        self.converted = request
        return Path("/data/rest.dcm")


def made_up(header: Group | None = None) -> Result:
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    labels = (("a", "b", "c", "d"),)
    return Result(array, ("Column", "Row", "Slice"), labels, np.array([4, 3, 2, 1]), ("why",), "dv", header)


def ask(folder: Path, engine: Engine, **values: Any) -> dict[str, Any]:
    path = folder / "request.json"
    path.write_text(json.dumps({"protocol": PROTOCOL, "files": ["a.dcm"], "cwd": "/data", **values}), encoding="utf-8")
    ok = answer(path, engine)
    reply: dict[str, Any] = json.loads((folder / "reply.json").read_bytes().decode("ascii"))
    assert reply["ok"] is ok
    assert reply["protocol"] == PROTOCOL
    return reply


def test_reading_without_header(tmp_path: Path) -> None:
    reply = ask(tmp_path, Engine(made_up()), verb="read", header=False)
    assert reply == {
        "protocol": PROTOCOL,
        "ok": True,
        "names": ["Column", "Row", "Slice"],
        "labels": ["a", "b", "c", "d"],
        "label_counts": [4],
        "evidence": ["why"],
        "scale": "dv",
        "warnings": [],
    }
    found = loadmat(tmp_path / "numeric.mat")
    np.testing.assert_array_equal(found["imag"], made_up().array)
    assert found["items"].tolist() == [[4], [3], [2], [1]]
    assert found["items"].dtype == np.float64
    assert sorted(path.name for path in tmp_path.iterdir()) == ["numeric.mat", "reply.json", "request.json"]


def test_reading_with_header(tmp_path: Path) -> None:
    header = Group(1, {"Rows": Numbers(np.array([[2]], np.uint16))})
    reply = ask(tmp_path, Engine(made_up(header)), verb="read")
    assert reply["header"] == {"root": 1, "names": ["Rows"], "texts": []}
    assert loadmat(tmp_path / "numeric.mat")["pool1"].tolist() == [[2]]


def test_an_image_too_large_for_a_variable_goes_raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numeric, "VARIABLE_LIMIT", 95)
    reply = ask(tmp_path, Engine(made_up()), verb="read")
    assert reply["raw"] == {"class": "single", "size": [2, 3, 4]}
    assert "imag" not in loadmat(tmp_path / "numeric.mat")
    raw = np.fromfile(tmp_path / "image.raw", "<f4").reshape((2, 3, 4), order="F")
    np.testing.assert_array_equal(raw, made_up().array)
    monkeypatch.setattr(numeric, "VARIABLE_LIMIT", 96)
    assert "raw" not in ask(tmp_path, Engine(made_up()), verb="read")


def test_dimensions_and_version(tmp_path: Path) -> None:
    assert ask(tmp_path, Engine(), verb="dimensions")["lines"] == ["1  Column (2)", "2  Row (3)"]
    reply = ask(tmp_path, Engine(), verb="version")
    assert reply["python"][0] == "3"
    assert Path(reply["executable"]).name.startswith("python")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, ReadRequest((Path("/data/a.dcm"),))),
        ({"files": ["/b", "c"]}, ReadRequest((Path("/b"), Path("/data/c")))),
        ({"files": "a.dcm"}, ReadRequest((Path("/data/a.dcm"),))),
        ({"files": ["~/a"]}, ReadRequest((Path.home() / "a",))),
        ({"order": [2, 1, 3]}, ReadRequest((Path("/data/a.dcm"),), order=(2, 1, 3))),
        ({"order": 1}, ReadRequest((Path("/data/a.dcm"),), order=(1,))),
        ({"order": ["Row", "Column"]}, ReadRequest((Path("/data/a.dcm"),), order=("Row", "Column"))),
        ({"order": [], "combine": [], "scale": "", "class": []}, ReadRequest((Path("/data/a.dcm"),))),
        ({"combine": [0, 0, 1.0]}, ReadRequest((Path("/data/a.dcm"),), combine=(0, 0, 1))),
        ({"combine": [False, True]}, ReadRequest((Path("/data/a.dcm"),), combine=(0, 1))),
        ({"scale": "fp", "incomplete": "TRIM"}, ReadRequest((Path("/data/a.dcm"),), scale="fp", incomplete="trim")),
        ({"class": "Single"}, ReadRequest((Path("/data/a.dcm"),), array_class="float32")),
        ({"header": False}, ReadRequest((Path("/data/a.dcm"),), header=False)),
        ({"series": 301}, ReadRequest((Path("/data/a.dcm"),), series=301)),
        ({"series": [301.0]}, ReadRequest((Path("/data/a.dcm"),), series=301)),
        ({"series": "1.2.3"}, ReadRequest((Path("/data/a.dcm"),), series="1.2.3")),
        ({"series": []}, ReadRequest((Path("/data/a.dcm"),))),
    ],
)
def test_what_reaches_the_engine(sent: dict[str, Any], expected: ReadRequest, tmp_path: Path) -> None:
    engine = Engine(made_up())
    ask(tmp_path, engine, verb="read", **sent)
    assert engine.request == expected


@pytest.mark.parametrize(
    ("sent", "kind", "message"),
    [
        ({"files": []}, "argument", "names no file"),
        ({"files": [""]}, "argument", "names no file"),
        ({"order": [1.5]}, "argument", "Order takes whole numbers; found [1.5]"),
        ({"order": [1, "Row"]}, "argument", "Order takes whole numbers"),
        ({"combine": [None]}, "argument", "Combine takes whole numbers; found [null]"),
        ({"incomplete": "x"}, "argument", "Incomplete is 'x'; use one of: pad, trim, error"),
        ({"series": [1, 2]}, "argument", "Series is [1, 2]; expected one number"),
        ({"series": 1.5}, "argument", "Series takes whole numbers; found [1.5]"),
        ({"class": "int8"}, "argument", "Class is 'int8'; use one of: single, double"),
        ({"class": 8}, "argument", "Class is 8; expected text in quotes"),
        ({"scale": 3}, "argument", "Scale is 3; expected text in quotes"),
        ({"scale": ["dv"]}, "argument", 'Scale is ["dv"]; expected text in quotes'),
        ({"incomplete": False}, "argument", "Incomplete is false; expected text in quotes"),
        ({"verb": "export", "target": "b.par", "version": 4.1}, "argument", "Version is 4.1; expected text in quotes"),
        ({"verb": "export", "target": "b.mat", "split": 5}, "argument", "Split is 5; expected text in quotes"),
        ({"verb": "export", "target": "b.png", "window": 1}, "argument", "Window is 1; expected text in quotes"),
        ({"verb": "dance"}, "protocol", "no verb 'dance'; this version knows version, dimensions, read"),
        ({"protocol": 0}, "protocol", "the .m files speak protocol 0, the Python package dicome speaks 1"),
    ],
)
def test_requests_that_are_refused(sent: dict[str, Any], kind: str, message: str, tmp_path: Path) -> None:
    reply = ask(tmp_path, Engine(made_up()), **{"verb": "read", **sent})
    assert reply["kind"] == kind
    assert message in reply["message"]
    assert reply["details"] == ""


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, {}),
        (
            {"order": [2, 1], "combine": [], "scale": "dv", "split": "Echo"},
            {"order": (2, 1), "scale": "dv", "split": "Echo"},
        ),
        ({"order": ["Row", "Column"], "combine": [0, 1]}, {"order": ("Row", "Column"), "combine": (0, 1)}),
        (
            {
                "full_info": True,
                "v73": 1,
                "compress": True,
                "force": True,
                "sort": True,
                "no_contrast_columns": 1,
                "check": True,
            },
            dict.fromkeys(FLAGS, True),
        ),
        ({"full_info": False, "v73": 0, "compress": [], "force": None}, {}),
    ],
)
def test_what_an_export_is_asked_for(sent: dict[str, Any], expected: dict[str, Any], tmp_path: Path) -> None:
    engine = Engine()
    reply = ask(tmp_path, engine, verb="export", target="b.mat", incomplete="Trim", series=7, **sent)
    assert reply["files"] == ["/data/b.mat", "/data/é.json"]
    assert engine.exported == ExportRequest((Path("/data/a.dcm"),), Path("/data/b.mat"), "trim", 7, expected)


def test_an_export_needs_a_file_to_write(tmp_path: Path) -> None:
    for target in (None, "", 3):
        reply = ask(tmp_path, Engine(), verb="export", target=target)
        assert reply["kind"] == "argument"
        assert reply["message"].startswith("file_out names no file")
    assert ask(tmp_path, Engine(), verb="export", target="/x/b.mat")["files"][0] == "/x/b.mat"


def test_cards(tmp_path: Path) -> None:
    engine = Engine()
    reply = ask(tmp_path, engine, verb="examcard", card="a.ExamCard", words=True, extract_to="/out")
    assert engine.card == CardRequest(Path("/data/a.dcm"), Path("/data/a.ExamCard"), True, Path("/out"))
    assert reply["header"]["names"] == ["EX_ACQ_echoes", "EX_names", "PDF_EXAM_PARS", "RC"]
    assert reply["header"]["texts"] == ["a", "b"]
    assert loadmat(tmp_path / "numeric.mat")["pool1"].tolist() == [[2.0]]
    ask(tmp_path, engine, verb="examcard")
    assert engine.card == CardRequest(Path("/data/a.dcm"))
    refused = ask(tmp_path, engine, verb="examcard", files=["a", "b"])
    assert (refused["kind"], refused["message"]) == ("argument", "dcmexamcard takes one file; found 2")


@pytest.mark.parametrize("content", [b"{", b"[1, 2]", b"\xff\xfe", b""])
def test_what_is_no_request(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "request.json").write_bytes(content)
    assert answer(tmp_path / "request.json", Engine()) is False
    assert json.loads((tmp_path / "reply.json").read_text())["kind"] == "protocol"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FileMissingError("a.dcm: there is nothing"), "fileMissing"),
        (MissingCodecError("a.dcm: there is nothing"), "missingCodec"),
        (ColumnError("a.dcm: there is nothing"), "column"),
        (DicomeError("a.dcm: there is nothing"), "error"),
        (OSError("a.dcm: there is nothing"), "system"),
    ],
)
def test_errors_of_the_engine(error: Exception, kind: str, tmp_path: Path) -> None:
    reply = ask(tmp_path, Engine(error), verb="read")
    assert reply == {
        "protocol": PROTOCOL,
        "ok": False,
        "kind": kind,
        "message": "a.dcm: there is nothing",
        "details": "",
        "warnings": [],
    }


def test_too_little_memory(tmp_path: Path) -> None:
    reply = ask(tmp_path, Engine(MemoryError()), verb="read")
    assert reply["kind"] == "memory"
    assert reply["message"].startswith("not enough memory")


def test_an_error_nobody_thought_of(tmp_path: Path) -> None:
    reply = ask(tmp_path, Engine(ZeroDivisionError("by zero")), verb="read")
    assert reply["kind"] == "internal"
    assert "please report it: ZeroDivisionError: by zero" in reply["message"]
    assert "Traceback" not in reply["message"]
    assert "in read" in reply["details"]


def test_a_full_disk_is_seen_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=95))
    reply = ask(tmp_path, Engine(made_up()), verb="read")
    assert reply["kind"] == "fileAccess"
    assert "takes 96 bytes on its way, and 95 are free" in reply["message"]
    assert not (tmp_path / "numeric.mat").exists()


def test_no_half_reply_after_an_interruption(tmp_path: Path) -> None:
    (tmp_path / "numeric.mat").touch()  # as if the interruption came while it was written
    with pytest.raises(KeyboardInterrupt):
        ask(tmp_path, Engine(KeyboardInterrupt()), verb="read")
    assert [path.name for path in tmp_path.iterdir()] == ["request.json"]


def test_warnings_once_and_only_those_for_users(tmp_path: Path) -> None:
    class Warner(Engine):
        def read(self, request: ReadRequest) -> Result:
            for category in (UserWarning, UserWarning, DeprecationWarning, RuntimeWarning):
                warnings.warn(f"of {category.__name__}", category, stacklevel=1)
            return super().read(request)

    assert ask(tmp_path, Warner(made_up()), verb="read")["warnings"] == ["of UserWarning"]
    assert ask(tmp_path, Warner(FileMissingError("gone")), verb="read")["warnings"] == ["of UserWarning"]


def test_strings_that_jsondecode_would_cut(tmp_path: Path) -> None:
    reply = ask(tmp_path, Engine(FileMissingError("a\0b \udcff é 😀 \\n %d")), verb="read")
    assert reply["message"] == "a␀b ? é 😀 \\n %d"


def test_a_file_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    path.write_bytes(b'{"protocol": 1, "verb": "read", "cwd": "/", "files": ["caf\xe9.dcm"]}')
    engine = Engine(made_up())
    assert answer(path, engine)
    assert engine.request is not None
    assert bytes(engine.request.files[0]) == b"/caf\xe9.dcm"


def test_classic_files_and_par_rec(tmp_path: Path) -> None:
    engine = Engine()
    reply = ask(tmp_path, engine, verb="dcms2e", target="out.dcm", par="/x/a.par", force=True)
    assert engine.converted == ConvertRequest(Path("/data/a.dcm"), Path("/data/out.dcm"), Path("/x/a.par"), True)
    assert reply["files"] == ["/data/rest.dcm"]
    ask(tmp_path, engine, verb="dcms2e")
    assert engine.converted == ConvertRequest(Path("/data/a.dcm"))
    refused = ask(tmp_path, engine, verb="dcms2e", files=["a", "b"])
    assert (refused["kind"], refused["message"]) == ("argument", "dcms2e takes one folder; found 2")
