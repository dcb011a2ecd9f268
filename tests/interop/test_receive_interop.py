"""Other programs send to our server: DCMTK's storescu, dcmsend and echoscu, and pynetdicom."""

from __future__ import annotations

import subprocess
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from dicome.network.config import Caller, Listener
from tests.support.servers import ENHANCED_MR, LOOPBACK, Lines, body_of, config, mr_file, running, stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def call(*command: str | Path | int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=60)


def test_echoscu_is_answered_on_both_ports(dcmtk: Callable[[str], str], tmp_path: Path) -> None:
    with running(config(tmp_path / "store")) as server:
        for port in server.ports:
            done = call(dcmtk("echoscu"), "-v", LOOPBACK, port.port)
            assert done.returncode == 0, done.stderr
            assert "Success" in done.stderr + done.stdout


def test_only_who_is_allowed_may_send(dcmtk: Callable[[str], str], tmp_path: Path) -> None:
    allowed = Caller("MRSCANNER1", ip_network("127.0.0.0/8"))
    listener = Listener("enhanced", 0, LOOPBACK, "GODZILLA", check_called=True, allow=(allowed,))
    lines = Lines()
    with running(config(tmp_path / "store", listeners=(listener,)), lines) as server:

        def ask(calling: str, called: str) -> int:
            return call(dcmtk("echoscu"), "-aet", calling, "-aec", called, LOOPBACK, server.ports[0].port).returncode

        assert ask("MRSCANNER1", "GODZILLA") == 0
        assert ask("STRANGER", "GODZILLA") != 0
        assert ask("MRSCANNER1", "OTHER") != 0
    assert [line["calling"] for line in lines.events("rejected")] == ["STRANGER", "MRSCANNER1"]


@pytest.mark.parametrize("name", ["storescu", "dcmsend"])
def test_every_object_arrives_as_it_was(name: str, dcmtk: Callable[[str], str], tmp_path: Path) -> None:
    files = [mr_file(tmp_path / f"{number}.dcm", f"1.2.3.{number}", pixels=5000) for number in range(1, 21)]
    with running(config(tmp_path / "store")) as server:
        done = call(dcmtk(name), LOOPBACK, server.ports[0].port, *files)
        assert done.returncode == 0, done.stderr
    found = stored(tmp_path / "store")
    assert [path.name for path in found] == sorted(f"MR.1.2.3.{number}" for number in range(1, 21))
    for number, file in enumerate(files, 1):
        assert body_of(tmp_path / "store/1.2.3" / f"MR.1.2.3.{number}") == body_of(file)


def test_the_classic_port_refuses_enhanced_objects(dcmtk: Callable[[str], str], tmp_path: Path) -> None:
    file = mr_file(tmp_path / "e.dcm", "1.2.3.1", sop_class=ENHANCED_MR)
    with running(config(tmp_path / "store")) as server:
        enhanced, classic = (port.port for port in server.ports)
        assert call(dcmtk("storescu"), LOOPBACK, classic, file).returncode != 0
        assert stored(tmp_path / "store") == []
        assert call(dcmtk("storescu"), LOOPBACK, enhanced, file).returncode == 0
    assert [path.name for path in stored(tmp_path / "store")] == ["MRe.1.2.3.1"]


def test_real_files_arrive_byte_for_byte(dcmtk: Callable[[str], str], corpus: Path, tmp_path: Path) -> None:
    files = [
        corpus / "enhanced/nitest-balls1/DICOM/T2_.dcm",
        *sorted((corpus / "classic/philips_801_DTI").glob("*.dcm"))[:5],
        *sorted((corpus / "raw/dcm_qa_philips_enh/enh").glob("*Raw.dcm"))[:2],
    ]
    lines = Lines()
    with running(config(tmp_path / "store"), lines) as server:
        done = call(dcmtk("dcmsend"), LOOPBACK, server.ports[0].port, *files)
        assert done.returncode == 0, done.stderr
    assert {path.name.split(".")[0] for path in stored(tmp_path / "store")} == {"MRe", "MR", "RAW"}
    assert len(stored(tmp_path / "store")) == len(files)
    assert len(lines.events("stored")) == len(files)


def test_a_whole_file_comes_back_from_dcmdump(dcmtk: Callable[[str], str], tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a.dcm", "1.2.3.1")
    with running(config(tmp_path / "store")) as server:
        assert call(dcmtk("storescu"), LOOPBACK, server.ports[0].port, file).returncode == 0
    (found,) = stored(tmp_path / "store")
    done = call(dcmtk("dcmdump"), found)
    assert done.returncode == 0
    assert "MediaStorageSOPInstanceUID" in done.stdout


def test_pynetdicom_sends(tmp_path: Path) -> None:
    from pydicom import dcmread
    from pynetdicom import AE

    file = mr_file(tmp_path / "a.dcm", "1.2.3.1", pixels=300_000)
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context("1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.1.2.1")
    with running(config(tmp_path / "store")) as server:
        association = entity.associate(LOOPBACK, server.ports[0].port)
        assert association.is_established
        assert association.send_c_store(dcmread(file)).Status == 0
        association.release()
    (found,) = stored(tmp_path / "store")
    assert body_of(found) == body_of(file)
