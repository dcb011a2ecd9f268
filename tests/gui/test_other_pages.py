"""Export, headers, ExamCards and moves, as the page asks for them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from dicome.gui.jobs import JobMissingError
from dicome.gui.moves import Plans, command_line, options_of
from dicome.moving import MoveOptions, plan_moves
from dicome.phantom import Phantom, write_phantom
from tests.support.pages import Server


@pytest.mark.parametrize("name", ["scan.mat", "scan.h5", "scan.nii", "scan.nii.gz", "scan.par", "scan.png"])
def test_an_export_is_written_and_never_replaced_unasked(
    server: Server, phantom: Phantom, tmp_path: Path, name: str
) -> None:
    given = {"id": server.open(phantom.path)["id"], "folder": str(tmp_path), "name": name}
    done = server.work("/api/export", given)
    assert done["state"] == "done", done["error"]
    assert done["result"]["files"][0] == str(tmp_path / name)
    size = (tmp_path / name).stat().st_size
    assert size > 100
    (tmp_path / name).write_bytes(b"mine")
    again = server.work("/api/export", given)
    assert again["state"] == "failed"
    assert "exists already" in again["error"]
    assert (tmp_path / name).read_bytes() == b"mine"
    assert server.work("/api/export", {**given, "force": True})["state"] == "done"
    assert (tmp_path / name).stat().st_size > 100


@pytest.mark.parametrize(
    "name", ["../a.mat", "/tmp/a.mat", "a/b.mat", "", ".mat", ".hidden.mat", "a\\b.mat", "a\n.mat", "a.doc", "a"]
)
def test_names_that_leave_the_folder_or_have_no_writer_are_refused(
    server: Server, phantom: Phantom, tmp_path: Path, name: str
) -> None:
    given = {"id": server.open(phantom.path)["id"], "folder": str(tmp_path), "name": name}
    assert server.ask("/api/export", given).status == 400
    assert list(tmp_path.iterdir()) == []


def test_the_name_suggested_is_safe_whatever_the_header_says(server: Server, phantom: Phantom) -> None:
    found = server.ask(f"/api/export?id={server.open(phantom.path)['id']}").json
    assert {".mat", ".h5", ".nii", ".nii.gz", ".png"} <= set(found["formats"])
    assert not set("/\\<>'\"") & set(found["stem"].replace("'", ""))
    assert not found["stem"].startswith(".")


def test_fields_whole_frames_and_axes_of_a_file(server: Server, phantom: Phantom) -> None:
    path = str(phantom.path)
    fields = server.ask("/api/header/fields", {"path": path}).json["rows"]
    assert ["0010,0010", "PN", "PatientName", "O'Neil^<b>Zoë</b>"] in fields
    whole = server.ask("/api/header/whole", {"path": path}).json["rows"]
    assert any(name == "EffectiveEchoTime" and level > 1 for _, _, name, _, level in whole)
    frames = server.ask("/api/header/frames", {"paths": [path], "first": 160}).json
    assert (frames["first"], frames["frames"]) == (160, 168)
    assert [row[0] for row in frames["rows"]] == [str(k) for k in range(160, 169)]
    echo = frames["names"].index("EffectiveEchoTime")
    item = int(phantom.item_numbers[6, 3, 1, 2])
    rows = server.ask("/api/header/frames", {"paths": [path], "first": item}).json["rows"]
    assert float(rows[0][echo]) == pytest.approx(phantom.echo_times[2])
    axes = server.ask("/api/header/axes", {"paths": [path]}).json["axes"]
    times = next(one for one in axes if "EffectiveEchoTime" in one["names"])
    column = times["names"].index("EffectiveEchoTime")
    assert [float(row[column]) for row in times["rows"]] == pytest.approx(phantom.echo_times)


def test_two_files_side_by_side(server: Server, phantom: Phantom, tmp_path: Path) -> None:
    other = write_phantom(tmp_path / "other.dcm", rows=24, columns=20, series={"PatientName": "B"})
    given = {"paths": [str(phantom.path), str(other.path)], "tags": "PatientName:Rows:0008,103e"}
    found = server.ask("/api/header/compare", given).json
    different = {row[1]: row[2:] for row in found["different"]}
    assert different["PatientName"] == ["O'Neil^<b>Zoë</b>", "B"]
    same = {row[1]: row[2] for row in found["same"]}
    assert same["Rows"] == "24"
    everything = server.ask("/api/header/compare", {**given, "tags": ""}).json
    assert len(everything["different"]) + len(everything["same"]) > 60


def test_an_examcard_comes_in_a_frame_that_reaches_nothing(server: Server, tmp_path: Path, phantom: Phantom) -> None:
    found = server.ask("/api/examcard", {"path": str(phantom.path)})
    assert found.status == 400
    assert "ExamCard" in found.json["error"]
    assert server.ask(f"/api/examcard/page?path={quote(str(phantom.path))}").status == 400


# -- moving ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def incoming(phantom: Phantom, tmp_path: Path) -> Path:
    """Two studies, a damaged file and a text."""
    folder = tmp_path / "in coming"
    folder.mkdir()
    (folder / "a").write_bytes(phantom.path.read_bytes())
    write_phantom(folder / "b", rows=8, columns=6, slices=2, seed=3, series={"PatientName": "Second", "StudyID": "77"})
    (folder / "damaged").write_bytes(phantom.path.read_bytes()[:2500])
    (folder / "notes.txt").write_text("not DICOM")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def planned(server: Server, source: Path, destination: Path, **more: object) -> dict[str, object]:
    options = {"source": str(source), "destination": str(destination), "quiet_for": 0, **more}
    job = server.work("/api/move/plan", {"options": options})
    assert job["state"] == "done", job
    plan: dict[str, object] = job["result"]
    return plan


def test_plan_run_and_undo(server: Server, incoming: Path, tmp_path: Path) -> None:
    before = content(incoming)
    out = tmp_path / "out"
    plan = planned(server, incoming, out)
    assert not out.exists()
    studies = plan["studies"]
    assert isinstance(studies, list)
    assert {one["patient_name"] for one in studies} == {"O'Neil^<b>Zoë</b>", "Second"}
    assert plan["bad"] == 1
    assert [one["count"] for one in plan["left"] if "no DICOM" in one["reason"]] == [1]  # type: ignore[attr-defined]
    files = server.ask(f"/api/move/files?key={plan['key']}&study=0&series=0").json
    assert files["count"] == 1
    assert files["files"][0]["to"].startswith(str(out))
    second = next(one["uid"] for one in studies if one["patient_name"] == "Second")
    done = server.work("/api/move/run", {"key": plan["key"], "studies": [second]})["result"]
    assert (done["end"], done["files"]) == ("done", 1)  # that study's file; nobody asked for the damaged one
    assert (incoming / "damaged").exists()
    assert (incoming / "a").exists()
    assert not (incoming / "b").exists()
    assert (out / "0077").is_dir()
    assert server.ask("/api/move/run", {"key": plan["key"], "studies": [second]}).status == 404
    (run,) = server.ask(f"/api/move/runs?target={quote(str(out))}").json["runs"]
    assert run["journal"] == done["journal"]
    undone = server.work("/api/move/undo", {"journal": done["journal"]})["result"]
    assert undone["files"] == 1
    assert content(incoming) == before
    key = planned(server, incoming, out)["key"]
    moved = server.work("/api/move/run", {"key": key, "studies": [], "bad": True})["result"]
    assert moved["files"] == 1
    assert (out / "bad" / "damaged").exists()


def test_a_plan_of_the_server_before_is_none_of_the_next(incoming: Path, tmp_path: Path) -> None:
    plan = plan_moves(MoveOptions(source=incoming, destination=tmp_path / "out", quiet_for=0))
    before, after = Plans(), Plans()
    key = before.add(plan)
    after.add(plan)
    assert before.find(key) is plan
    with pytest.raises(JobMissingError):
        after.take(key)


def test_problems_of_moving_are_told(server: Server, incoming: Path, tmp_path: Path) -> None:
    gone = server.work("/api/move/plan", {"options": {"source": str(tmp_path / "gone")}})
    assert gone["state"] == "failed"
    assert "gone" in gone["error"]
    both = {"source": str(incoming), "copy": True, "rename": True}
    assert server.ask("/api/move/plan", {"options": both}).json["kind"] == "argument"
    (tmp_path / "file").write_text("x")
    plan = planned(server, incoming, tmp_path / "file" / "out")
    uids = [one["uid"] for one in plan["studies"]]  # type: ignore[attr-defined]
    failed = server.work("/api/move/run", {"key": plan["key"], "studies": uids})
    assert failed["state"] == "failed"
    assert "destination" in failed["error"]
    assert server.work("/api/move/undo", {"journal": str(tmp_path)})["state"] == "failed"


SWITCHES: tuple[tuple[dict[str, object], str], ...] = (
    ({}, "dcm_move -s /in"),
    ({"recursive": True, "everything": True}, "dcm_move -s /in -R -a"),
    ({"modality": "MR", "copy": True, "flat": True, "suffix": True}, "dcm_move -s /in -m MR -c -f -d"),
    ({"rename": True, "no_breakdown": True, "no_info": True, "ignore_location": True}, "dcm_move -s /in -r -i -l -n"),
    ({"uid_names": True, "quiet_for": 5, "destination": "/out put"}, "dcm_move -s /in -u --quiet-for 5 '/out put'"),
    ({"destination": "/it's"}, "dcm_move -s /in '/it'\"'\"'s'"),
)


@pytest.mark.parametrize(("fields", "line"), SWITCHES)
def test_every_field_is_a_switch(fields: dict[str, object], line: str) -> None:
    assert command_line(options_of({"options": {"source": "/in", **fields}})) == line


def test_no_switch_is_without_a_field(server: Server) -> None:
    from dataclasses import fields

    letters = server.ask("/api/move/options").json["letters"]
    assert {one.name for one in fields(MoveOptions)} == {*letters, "destination", "roots"}
