"""send_dicom against our own server, and against servers that misbehave."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dicome.errors import ArgumentError
from dicome.network.config import Destination, Tls
from dicome.network.outgoing import examine, find_outgoing
from dicome.network.requestor import Patience
from dicome.network.sending import Pace, Sent, send, send_side_by_side
from tests.support.files import part10
from tests.support.servers import (
    ENHANCED_MR,
    LOOPBACK,
    Lines,
    answering,
    body_of,
    breaking,
    config,
    free_port,
    mr_file,
    mr_object,
    running,
    stored,
    wait_for,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Dicome = Callable[..., subprocess.CompletedProcess[str]]


def destination(port: int, **changes: object) -> Destination:
    return replace(Destination("there", LOOPBACK, port), **changes)  # type: ignore[arg-type]


def sent_to(port: int, files: list[Path], pace: Pace | None = None, **changes: object) -> list[Sent]:
    return list(send([examine(file) for file in files], destination(port, **changes), pace, Patience(5, 5, 5)))


def test_objects_of_all_kinds_arrive(tmp_path: Path) -> None:
    files = [mr_file(tmp_path / f"{n}", f"1.2.3.{n}", pixels=10_000 * n) for n in range(1, 6)]
    lines = Lines()
    with running(config(tmp_path / "store"), lines) as server:
        results = sent_to(server.ports[0].port, files)
    assert [(one.path, one.error, one.tries) for one in results] == [(file, "", 1) for file in files]
    assert sorted(map(body_of, stored(tmp_path / "store"))) == sorted(map(body_of, files))
    assert len(lines.events("associated")) == 1


def test_a_bare_data_set_is_sent_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "bare"
    file.write_bytes(mr_object("1.2.3.1"))
    with running(config(tmp_path / "store")) as server:
        (result,) = sent_to(server.ports[0].port, [file])
    assert not result.error
    assert body_of(stored(tmp_path / "store")[0]) == file.read_bytes()


def test_the_classic_port_takes_no_enhanced_object_and_is_asked_once(tmp_path: Path) -> None:
    files = [mr_file(tmp_path / "e", "1.2.3.1", sop_class=ENHANCED_MR), mr_file(tmp_path / "c", "1.2.3.2")]
    with running(config(tmp_path / "store")) as server:
        results = sent_to(server.ports[1].port, files)
    assert "does not take MRe objects" in results[0].error
    assert results[0].tries == 1
    assert not results[1].error


def test_classic_only_sends_no_enhanced_object(tmp_path: Path) -> None:
    files = [mr_file(tmp_path / "e", "1.2.3.1", sop_class=ENHANCED_MR), mr_file(tmp_path / "c", "1.2.3.2")]
    with running(config(tmp_path / "store")) as server:
        results = sent_to(server.ports[0].port, files, classic_only=True)
    assert [bool(one.error) for one in results] == [True, False]
    assert [path.name for path in stored(tmp_path / "store")] == ["MR.1.2.3.2"]


def test_the_pause_grows_with_errors_up_to_the_longest() -> None:
    waits: list[float] = []
    pace = Pace(0.25, waits.append)
    pace.wait()
    for _ in range(4):
        pace.error()
        pace.wait()
    assert waits == pytest.approx([0.1, 0.2, 0.25, 0.25])


def test_nobody_there_is_told_after_three_tries(tmp_path: Path) -> None:
    waits: list[float] = []
    files = [mr_file(tmp_path / f"{n}", f"1.2.3.{n}") for n in range(3)]
    results = sent_to(free_port(), files, Pace(0.5, waits.append))
    assert len(results) == 3
    assert all("refused" in one.error for one in results)
    assert waits == pytest.approx([0.1, 0.2])


@pytest.mark.parametrize(
    ("answer", "told", "tries"),
    [
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "unknown type 0x53", 3),
        (b"", "sent nothing for 0.3 s", 3),
        (bytes.fromhex("02 00 00000064") + b"x" * 100, "cannot be read", 3),
        (bytes.fromhex("04 00 00000006 00000002 01 03"), "PDU type 4", 3),
        (bytes.fromhex("07 00 00000004 00000000"), "the other side aborted it", 3),
        (bytes.fromhex("03 00 00000000"), "reason 0", 3),
        (bytes.fromhex("03 00 00000004 00 01 01 07"), "the AE title we called is not recognized there", 1),
    ],
    ids=["ssh", "silence", "no acceptance", "data", "abort", "no reason", "refusal"],
)
def test_what_gives_no_association_is_told_after_three_tries(
    answer: bytes, told: str, tries: int, tmp_path: Path
) -> None:
    files = [examine(mr_file(tmp_path / f"{n}", f"1.2.3.{n}")) for n in range(2)]
    with answering(answer) as (port, count):
        results = list(send(files, destination(port), Pace(0.0), Patience(0.3, 5, 5)))
    assert [told in one.error and f"{LOOPBACK} port {port}: no association" in one.error for one in results] == [
        True
    ] * 2
    assert count[0] == tries


def test_the_request_follows_its_connection_at_once(tmp_path: Path) -> None:
    """Importing takes its time on a busy machine, and a server waits for so long only."""
    code = (
        "import socket, sys; from dicome.cli.main import main; connect = socket.create_connection\n"
        "def noted(*a, **k):\n    noted.there = 'pynetdicom.pdu' in sys.modules\n    return connect(*a, **k)\n"
        "socket.create_connection = noted; main(sys.argv[1:]); print(noted.there)"
    )
    with running(config(tmp_path / "store")) as server:
        command = [sys.executable, "-c", code, "send_dicom", "-s", LOOPBACK, "-p", str(server.ports[0].port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("success (0000)\nTrue\n"), done.stdout + done.stderr


def test_wrong_certificates_are_told_through_several_associations_too(tmp_path: Path) -> None:
    files = [examine(mr_file(tmp_path / f"{n}", f"1.2.3.{n}")) for n in range(4)]
    there = destination(free_port(), tls=Tls(authorities=tmp_path / "none.pem"))
    with pytest.raises(ArgumentError, match=r"none\.pem"):
        list(send_side_by_side(files, there, 2))


@pytest.mark.parametrize(("broken", "good"), [(1, 8), (2, 8), (3, 7)])
def test_a_connection_that_breaks_loses_one_try_of_one_file(broken: int, good: int, tmp_path: Path) -> None:
    files = [mr_file(tmp_path / f"{n}", f"1.2.3.{n}", pixels=100_000 * (n == 2)) for n in range(8)]
    with running(config(tmp_path / "store")) as server, breaking(broken, server.ports[0].port) as (port, count):
        results = sent_to(port, files, Pace(0.0))
    assert len(results) == 8
    assert sum(not one.error for one in results) == good
    assert count[0] == broken + 1
    assert len(stored(tmp_path / "store")) == good


def test_a_field_is_copied_on_the_way_and_the_file_stays(tmp_path: Path) -> None:
    from pydicom import dcmread

    comment = [(0x00400280, "ST", "keep me "), (0x00101010, "AS", "044Y")]
    files = [
        mr_file(tmp_path / "without", "1.2.3.1", extra=[*comment]),
        mr_file(tmp_path / "with", "1.2.3.2", extra=[*comment, (0x00104000, "LT", "something else that is longer")]),
        mr_file(tmp_path / "nothing", "1.2.3.3"),
    ]
    before = [file.read_bytes() for file in files]
    with running(config(tmp_path / "store")) as server:
        results = sent_to(server.ports[0].port, files, copy=((0x00400280, 0x00104000),))
    assert [one.error for one in results] == ["", "", ""]
    assert [file.read_bytes() for file in files] == before
    found = [dcmread(path) for path in stored(tmp_path / "store")]
    assert [one.get("PatientComments") for one in found] == ["keep me", "keep me", None]
    for file, one in zip(files, found, strict=True):
        original = dcmread(file)
        original.PatientComments = one.get("PatientComments", "")
        if "PatientComments" not in one:
            del original.PatientComments
        assert one == original


def test_folders_are_not_entered_unless_asked(tmp_path: Path) -> None:
    inner = tmp_path / "study" / "series"
    inner.mkdir(parents=True)
    mr_file(tmp_path / "study" / "a", "1.2.3.1")
    mr_file(inner / "b", "1.2.3.2")
    assert [one.path.name for one in find_outgoing([tmp_path / "study"]).objects] == ["a"]
    assert [one.path.name for one in find_outgoing([tmp_path / "study"], recursive=True).objects] == ["a", "b"]


def test_a_folder_that_cannot_be_listed_is_told_and_the_rest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        mr_file(tmp_path / name / "x", "1.2.3.1")
    listed = Path.iterdir

    def iterdir(folder: Path) -> Iterator[Path]:
        if folder.name == "b":
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)  # root may list everything
    found = find_outgoing([tmp_path], recursive=True)
    assert [one.path.parent.name for one in found.objects] == ["a", "c"]
    assert found.bad == ((tmp_path / "b", f"{tmp_path / 'b'}: cannot be listed: Permission denied"),)


def test_a_file_that_is_cut_short_is_not_sent(tmp_path: Path) -> None:
    whole = mr_file(tmp_path / "whole", "1.2.3.1", pixels=5000).read_bytes()
    report = whole[: whole.index(bytes.fromhex("e07f1000"))]
    fragments = bytes.fromhex("e07f1000 4f42 0000 ffffffff feff00e0 00000000 feff00e0 04000000 01020304")
    end = bytes.fromhex("feffdde0 00000000")
    rle = report.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0")
    files = {"padded": whole + bytes(6), "half": whole[:-2500], "header": whole[: 128 + 4 + 200]}
    files |= {
        "rle": rle + fragments + end,
        "half rle": rle + fragments,
        "report": report,
        "half report": report[:-3],
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found = find_outgoing([tmp_path])
    assert [one.path.name for one in found.objects] == ["padded", "report", "rle", "whole"]
    told = {path.name: why for path, why in found.bad}
    assert sorted(told) == ["half", "half report", "half rle", "header"]
    assert "is cut short (2,500 of 5,000 bytes of pixels), so it is not sent" in told["half"]
    assert "the compressed pixels have no end" in told["half rle"]
    assert "announces 6 bytes, 3 are left" in told["half report"]


def test_real_files_are_whole(corpus: Path) -> None:
    found = find_outgoing([corpus], recursive=True)
    assert len(found.objects) > 600
    assert [path.name for path, _ in found.bad] == ["emri_small_jpeg_2k_lossless_too_short.dcm"]


def test_what_is_named_and_no_dicom_is_told(dicome: Dicome, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "dir.dcm").write_bytes(part10(b""))
    with running(config(tmp_path / "store")) as server:
        place = ("-s", LOOPBACK, "-p", server.ports[0].port)
        done = dicome("send_dicom", *place, tmp_path / "notes.txt", tmp_path / "missing", tmp_path / "dir.dcm")
    assert done.returncode == 1
    assert "notes.txt: not a DICOM file" in done.stderr
    assert "missing: no such file" in done.stderr
    assert "0 sent, 3 failed" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_list_of_failed_files_is_kept_and_sent_again(dicome: Dicome, tmp_path: Path) -> None:
    files = [mr_file(tmp_path / f"é {n}", f"1.2.3.{n}") for n in range(3)]
    failed = tmp_path / "failed list.txt"
    done = dicome("send_dicom", "-s", LOOPBACK, "-p", free_port(), "-d", "0", "--save-failed", failed, *files)
    assert done.returncode == 1
    assert failed.read_text(encoding="utf-8").splitlines() == [str(file) for file in files]
    with running(config(tmp_path / "store")) as server:
        place = ("-s", LOOPBACK, "-p", server.ports[0].port)
        done = dicome("send_dicom", *place, "--retry-from", failed, "--save-failed", failed, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"error": ""') == 3
    assert failed.read_text() == ""
    assert len(stored(tmp_path / "store")) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8")
def test_names_that_are_not_utf_8_are_kept_and_sent_again(dicome: Dicome, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9\xc2\x85.dcm")  # Latin-1, and what Unicode takes for the end of a line
    mr_file(file, "1.2.3.1")
    failed = tmp_path / "failed"
    done = dicome("send_dicom", "-s", LOOPBACK, "-p", free_port(), "-d", "0", "--save-failed", failed, tmp_path)
    assert "0 sent, 1 failed" in done.stdout
    assert failed.read_bytes() == os.fsencode(file) + b"\n"
    with running(config(tmp_path / "store")) as server:
        done = dicome("send_dicom", "-s", LOOPBACK, "-p", server.ports[0].port, "--retry-from", failed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 sent, 0 failed" in done.stdout


def test_a_list_that_is_there_is_told_before_anything_is_sent(dicome: Dicome, tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a", "1.2.3.1")
    (tmp_path / "list").write_text("mine")
    with running(config(tmp_path / "store")) as server:
        place = ("-s", LOOPBACK, "-p", server.ports[0].port)
        done = dicome("send_dicom", *place, "--save-failed", tmp_path / "list", file)
        assert done.returncode == 1
        assert "list: exists already" in done.stderr
        assert stored(tmp_path / "store") == []
        done = dicome("send_dicom", *place, "--save-failed", tmp_path / "no such folder" / "list", file)
        assert done.returncode == 1
        assert "1 sent, 0 failed" in done.stdout
        assert "no such folder" in done.stderr
    assert (tmp_path / "list").read_text() == "mine"


def test_a_link_named_like_a_destination_sends_there(tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a.dcm", "1.2.3.1")
    script = Path(sys.executable).with_name("send_dicom")
    if not script.exists() or os.name == "nt":
        pytest.skip("the programs are not installed beside this Python")
    (tmp_path / "scanner1").symlink_to(script)
    with running(config(tmp_path / "store")) as server:
        settings = tmp_path / "config.toml"
        settings.write_text(
            f'[destinations.scanner1]\nhost = "{LOOPBACK}"\nport = {server.ports[0].port}\nae_title = "SCANNER1"\n'
        )
        environment = {**os.environ, "DICOME_CONFIG": str(settings)}
        done = subprocess.run(
            [str(tmp_path / "scanner1"), str(file)], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    assert "scanner1: 1 sent, 0 failed" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
def test_on_a_terminal_it_shows_how_far_it_is_and_offers_to_try_again(tmp_path: Path) -> None:
    import pty

    files = [mr_file(tmp_path / f"{n}", f"1.2.3.{n}", pixels=200_000) for n in range(3)]
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "dicome",
        "send_dicom",
        "-s",
        LOOPBACK,
        "-p",
        str(port),
        "-d",
        "0",
        *map(str, files),
    ]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = _until(ours, b"Try them again? [y/N]")
    assert shown.count(b"refused") == 3
    settings = config(tmp_path / "store")
    with running(replace(settings, listeners=(replace(settings.listeners[0], port=port),))):
        os.write(ours, b"y\n")
        shown = _until(ours, b"3 sent, 0 failed")
        assert process.wait(30) == 0
    os.close(ours)
    assert b"3/3 files, 0.6/0.6 MB, " in shown
    assert b"MB/s" in shown
    assert len(stored(tmp_path / "store")) == 3


@pytest.mark.skipif(os.name == "nt", reason="no Ctrl-C for one process there")
def test_ctrl_c_tells_how_far_it_came_and_keeps_the_list(tmp_path: Path) -> None:
    import signal

    (tmp_path / "study").mkdir()
    for n in range(400):
        mr_file(tmp_path / "study" / f"{n}", f"1.2.3.{n}", pixels=100_000)
    failed = tmp_path / "failed"
    with running(config(tmp_path / "store")) as server:
        place = ["-s", LOOPBACK, "-p", str(server.ports[0].port), "--save-failed", str(failed), str(tmp_path / "study")]
        command = [sys.executable, "-m", "dicome", "send_dicom", *place]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: len(stored(tmp_path / "store")) > 3, 30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == ""
    assert " sent, 0 failed, " in out
    sent = int(out.split(": ")[1].split()[0])
    assert len(failed.read_text().splitlines()) == 400 - sent
    assert sent <= len(stored(tmp_path / "store")) <= sent + 1
    assert list((tmp_path / "store/.dicome/incoming").iterdir()) == []


def _until(terminal: int, text: bytes) -> bytes:
    shown = b""
    while text not in shown:
        shown += os.read(terminal, 4096)
    return shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no destination"),
        (["-s", "127.0.0.1", "-p", "99999"], "port 99999"),
        (["-s", "127.0.0.1", "-r", "A" * 17], "no AE title"),
        (["-s", "127.0.0.1", "-d", "-1"], "-d is 0 or more"),
        (["-s", "127.0.0.1", "-d", "nan"], "-d is 0 or more"),
        (["-s", "127.0.0.1", "--timeout", "nan"], "--timeout more than 0"),
        (["-s", "127.0.0.1", "--timeout", "inf"], "at most 86400"),
        (["-s", "no such host!"], "no such host"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(dicome: Dicome, arguments: list[str], told: str) -> None:
    done = dicome("send_dicom", *arguments, "x.dcm")
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
