"""What the viewer is given: frames, montages, planes and curves, against what is known of the phantom."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode

import numpy as np
import pytest

from dicome.phantom import Phantom, write_phantom
from tests.support.pages import Server

AT = (4, 2, 1, 2)
"""Slice 5, dynamic 3, phase image, third echo."""
HERE = (slice(None), slice(None), *AT)


@pytest.fixture(scope="module")
def facts(server: Server, phantom: Phantom) -> dict[str, object]:
    return server.open(phantom.path)


def ask(server: Server, route: str, facts: dict[str, object], **given: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return server.ask(f"/api/{route}?{urlencode({'id': facts['id'], **given})}")


def test_axes_come_with_names_labels_units_and_numbers(facts: dict[str, object], phantom: Phantom) -> None:
    axes = facts["axes"]
    assert isinstance(axes, list)
    assert [axis["name"] for axis in axes] == list(phantom.names)
    assert [axis["size"] for axis in axes] == [7, 4, 2, 3]
    assert axes[2]["labels"] == ["M", "P"]
    assert axes[2]["values"] is None
    assert axes[3]["unit"] == "ms"
    assert axes[3]["values"] == pytest.approx(phantom.echo_times)
    assert facts["sliceAxis"] == 0
    assert facts["scale"] == "fp"
    assert {"pv", "dv", "fp"} <= set(facts["scales"])  # type: ignore[call-overload]


def test_a_frame_is_its_stored_values_and_the_way_to_all_others(
    server: Server, facts: dict[str, object], phantom: Phantom
) -> None:
    head, pixels = ask(server, "frame", facts, at=",".join(map(str, AT))).array
    assert pixels.shape == (1, 24, 20)
    assert (pixels[0] == phantom.stored[HERE]).all()
    assert head["frames"] == [int(phantom.item_numbers[AT])]
    scales = head["scales"]
    for kind, truth in (("fp", phantom.values), ("dv", phantom.display)):
        values = pixels[0] * scales[kind]["slope"][0] + scales[kind]["intercept"][0]
        np.testing.assert_allclose(values, truth[HERE], rtol=1e-6, atol=1e-6)


def test_where_a_frame_lies(server: Server, facts: dict[str, object], phantom: Phantom) -> None:
    head, _ = ask(server, "frame", facts, at="4,0,0,0").array
    where = head["geometry"]
    np.testing.assert_allclose(where["position"], phantom.affine[:3, 3] + 4 * phantom.affine[:3, 2], atol=1e-4)
    np.testing.assert_allclose(
        np.array(where["directions"][3:]) * where["spacing"][0], phantom.affine[:3, 0], atol=1e-4
    )
    np.testing.assert_allclose(
        np.array(where["directions"][:3]) * where["spacing"][1], phantom.affine[:3, 1], atol=1e-4
    )


def test_a_montage_is_all_positions_of_an_axis(server: Server, facts: dict[str, object], phantom: Phantom) -> None:
    head, pixels = ask(server, "montage", facts, at="4,2,1,2", axis=1).array
    assert head["positions"] == [0, 1, 2, 3]
    assert head["step"] == 1
    assert (np.moveaxis(pixels, 0, -1) == phantom.stored[:, :, 4, :, 1, 2]).all()
    head, pixels = ask(server, "montage", facts, at="0,0,0,0", axis=0, most=3).array
    assert head["positions"] == [0, 3, 6]


@pytest.mark.parametrize(("kind", "index"), [("row", 13), ("column", 5)])
def test_planes_are_cut_from_all_slices(
    server: Server, facts: dict[str, object], phantom: Phantom, kind: str, index: int
) -> None:
    head, pixels = ask(server, "plane", facts, at="0,2,1,2", kind=kind, index=index).array
    volume = phantom.stored[:, :, :, 2, 1, 2]
    assert ((volume[index] if kind == "row" else volume[:, index]) == pixels.T).all()
    assert head["frames"] == phantom.item_numbers[:, 2, 1, 2].tolist()
    np.testing.assert_allclose(head["affine"], phantom.affine, atol=1e-3)


def test_a_curve_is_one_voxel_along_an_axis(server: Server, facts: dict[str, object], phantom: Phantom) -> None:
    found = ask(server, "curve", facts, at="4,2,0,2", axis=3, row=10, column=7).json["values"]
    np.testing.assert_allclose(found["fp"], phantom.values[10, 7, 4, 2, 0], rtol=1e-6)
    np.testing.assert_allclose(found["dv"], phantom.display[10, 7, 4, 2, 0], rtol=1e-6)
    assert found["pv"] == phantom.stored[10, 7, 4, 2, 0].tolist()


def test_the_header_of_a_frame_and_of_all(server: Server, facts: dict[str, object], phantom: Phantom) -> None:
    number = int(phantom.item_numbers[AT])
    rows = ask(server, "header", facts, frame=number).json["rows"]
    assert ["(0018,9082)", "FD", "MREchoSequence.EffectiveEchoTime", f"{phantom.echo_times[2]:g}"] in rows
    assert any(path == "FrameContentSequence.InStackPositionNumber" and value == "5" for _, _, path, value in rows)
    shared = ask(server, "header", facts, frame=number, shared=1).json["rows"]
    assert ["(0010,0010)", "PN", "PatientName", "O'Neil^<b>Zoë</b>"] in shared
    assert not any(path.startswith("PerFrameFunctionalGroups") for _, _, path, _ in shared)


@pytest.mark.parametrize(
    ("route", "given"),
    [
        ("frame", {"at": "0,0,0"}), ("frame", {"at": "7,0,0,0"}), ("frame", {"at": "-1,0,0,0"}), ("frame", {"at": "a"}),
        ("montage", {"at": "0,0,0,0", "axis": 4}), ("montage", {"at": "0,0,0,0"}),
        ("plane", {"at": "0,0,0,0", "kind": "row", "index": 24}), ("plane", {"at": "0,0,0,0", "kind": "x", "index": 1}),
        ("curve", {"at": "0,0,0,0", "axis": 1, "row": -1, "column": 0}),
        ("curve", {"at": "0,0,0,0", "axis": -1, "row": 0, "column": 0}),
        ("header", {"frame": 0}), ("header", {"frame": 169}),
    ],
)  # fmt: skip
def test_places_outside_are_told(
    server: Server, facts: dict[str, object], route: str, given: dict[str, object]
) -> None:
    found = ask(server, route, facts, **given)
    assert found.status == 400
    assert found.json["kind"] == "argument"


def test_missing_frames_are_number_0(server: Server, tmp_path: Path) -> None:
    stopped = write_phantom(tmp_path / "stopped.dcm", rows=8, columns=6, slices=3, dynamics=3, stop_after=7)
    facts = server.open(stopped.path)
    assert facts["missing"] == 2
    assert facts["warnings"]
    head, pixels = ask(server, "frame", facts, at="2,2").array
    assert head["frames"] == [0]
    assert not pixels.any()
    assert ask(server, "curve", facts, at="2,0", axis=1, row=4, column=3).json["values"]["pv"][2] is None


def test_a_volume_without_places_is_shown_without_an_affine(server: Server, tmp_path: Path) -> None:
    found = write_phantom(tmp_path / "two.dcm", rows=8, columns=6, slices=[3, 4])
    facts = server.open(found.path)
    head, _ = ask(server, "frame", facts, at=",".join("0" for _ in facts["axes"])).array
    assert len(head["geometry"]["directions"]) == 6


@pytest.mark.parametrize("wrong", ["text", "empty", "cut", "folder", "gone"])
def test_wrong_files_are_told_in_words(server: Server, tmp_path: Path, phantom: Phantom, wrong: str) -> None:
    path = tmp_path / wrong
    content = {"text": b"not an image\n" * 99, "empty": b"", "cut": phantom.path.read_bytes()[:3000]}
    if wrong == "folder":
        path.mkdir()
    elif wrong != "gone":
        path.write_bytes(content[wrong])
    found = server.ask("/api/open", {"paths": [str(path)]})
    assert found.status == 400
    assert wrong in found.json["error"]


def test_a_file_that_went_away_meanwhile_is_no_crash(server: Server, tmp_path: Path) -> None:
    found = write_phantom(tmp_path / "short.dcm", rows=32, columns=32, slices=3)
    facts = server.open(found.path)
    with found.path.open("r+b") as stream:
        stream.truncate(1000)
    assert ask(server, "frame", facts, at="2").status == 400
    assert server.ask("/api/alive").status == 200


def test_the_oldest_of_many_images_is_closed(server: Server, facts: dict[str, object], phantom: Phantom) -> None:
    first = server.open(phantom.path)
    for _ in range(8):
        server.open(phantom.path)
    assert ask(server, "frame", first, at="0,0,0,0").status == 404
    assert ask(server, "frame", first, at="0,0,0,0").json["kind"] == "notOpen"


def test_folders_are_listed_in_the_order_of_their_numbers(server: Server, tmp_path: Path) -> None:
    for name in ("IM_10", "IM_9", "b", "A", ".hidden"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "z").mkdir()
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    found = server.ask(f"/api/folder?path={quote(str(tmp_path))}").json
    assert [one["name"] for one in found["entries"]] == ["z", "A", "b", "IM_9", "IM_10", "nowhere"]
    assert [one["kind"] for one in found["entries"]] == ["folder", "file", "file", "file", "file", "broken"]
    assert found["parent"] == str(tmp_path.parent)


def test_the_series_of_a_folder_and_how_to_open_each(server: Server, phantom: Phantom, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.dcm").write_bytes(phantom.path.read_bytes())
    (tmp_path / "notes.txt").write_text("x")
    job = server.work("/api/series", {"path": str(tmp_path), "recursive": True})
    (found,) = job["result"]["series"]
    assert (found["frames"], found["files"], found["kind"]) == (168, 1, "enhanced")
    assert job["result"]["others"] == 1
    assert server.ask("/api/open", found["open"]).json["frames"] == 168
    assert server.work("/api/series", {"path": str(tmp_path / "gone")})["state"] == "failed"
