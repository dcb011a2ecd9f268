"""TLS: both of our own ends, certificates that are not right, and plain senders at a TLS port."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from dicome.errors import ArgumentError
from dicome.network.config import Config, Limits, Listener, Tls
from dicome.network.listening import EXTRA
from dicome.network.tls import server_context
from tests.network.test_sending import sent_to
from tests.support.servers import LOOPBACK, Lines, body_of, config, mr_file, running, stored, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Papers(NamedTuple):
    """An authority, a certificate that it signed for 127.0.0.1, and its key."""

    authority: Path
    certificate: Path
    key: Path


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return make_papers(tmp_path_factory.mktemp("tls"))


def make_papers(folder: Path) -> Papers:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not on the PATH: no certificates to try")

    def openssl(*arguments: str) -> None:
        subprocess.run([str(program), *arguments], cwd=folder, check=True, capture_output=True)

    (folder / "ext").write_text("subjectAltName=IP:127.0.0.1\n")
    new = ("req", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    openssl(*new, "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority")
    openssl(*new, "-keyout", "s.key", "-out", "s.csr", "-subj", "/CN=127.0.0.1")
    signed = ("x509", "-req", "-in", "s.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2")
    openssl(*signed, "-extfile", "ext", "-out", "s.pem")
    return Papers(folder / "ca.pem", folder / "s.pem", folder / "s.key")


def secured(folder: Path, papers: Papers, *, mutual: bool = False) -> Config:
    tls = Tls(papers.certificate, papers.key, papers.authority if mutual else None)
    return config(folder, listeners=(Listener("enhanced", 0, LOOPBACK, tls=tls),), limits=Limits(keep_free=0))


def test_objects_go_through_tls(papers: Papers, tmp_path: Path) -> None:
    files = [mr_file(tmp_path / f"{n}", f"1.2.3.{n}", pixels=600_000 * n) for n in range(3)]
    with running(secured(tmp_path / "store", papers)) as server:
        results = sent_to(server.ports[0].port, files, tls=Tls(authorities=papers.authority))
    assert [one.error for one in results] == ["", "", ""]
    assert [body_of(path) for path in stored(tmp_path / "store")] == [body_of(file) for file in files]


def test_both_sides_show_their_papers(papers: Papers, tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a", "1.2.3.1")
    lines = Lines()
    with running(secured(tmp_path / "store", papers, mutual=True), lines) as server:
        port = server.ports[0].port
        (without,) = sent_to(port, [file], tls=Tls(authorities=papers.authority))
        assert without.error
        mine = Tls(papers.certificate, papers.key, papers.authority)
        (shown,) = sent_to(port, [file], tls=mine)
        assert shown.error == ""
    assert len(stored(tmp_path / "store")) == 1


def test_a_server_that_nobody_vouches_for_gets_nothing(papers: Papers, tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a", "1.2.3.1")
    with running(secured(tmp_path / "store", papers)) as server:
        port = server.ports[0].port
        (result,) = sent_to(port, [file], tls=Tls())
        assert "TLS: CERTIFICATE_VERIFY_FAILED" in result.error
        (unchecked,) = sent_to(port, [file], tls=Tls(verify=False))
        assert unchecked.error == ""


def test_a_plain_sender_and_a_silent_one_do_no_harm(papers: Papers, tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a", "1.2.3.1")
    with running(secured(tmp_path / "store", papers)) as server:
        port = server.ports[0].port
        with socket.create_connection((LOOPBACK, port)):  # says nothing
            (plain,) = sent_to(port, [file])
            assert plain.error
            (good,) = sent_to(port, [file], tls=Tls(authorities=papers.authority))
            assert good.error == ""


def test_a_flood_of_connections_that_say_nothing_passes(papers: Papers, tmp_path: Path) -> None:
    file = mr_file(tmp_path / "a", "1.2.3.1")
    settings = replace(secured(tmp_path / "store", papers), limits=Limits(associations=4, keep_free=0))
    with running(settings) as server, contextlib.ExitStack() as held:
        counts = server.services.metrics.snapshot
        for _ in range(60):
            held.enter_context(socket.create_connection((LOOPBACK, server.ports[0].port)))
        wait_for(lambda: counts()["connections_dropped"] == 60 - 4 - EXTRA)
        wait_for(lambda: counts()["open_associations"] == 4 + EXTRA)
        held.close()
        wait_for(lambda: counts()["open_associations"] == 0)
        (good,) = sent_to(server.ports[0].port, [file], tls=Tls(authorities=papers.authority))
        assert good.error == ""


def test_wrong_files_are_told(papers: Papers, tmp_path: Path) -> None:
    for tls in (
        Tls(tmp_path / "none.pem"),
        Tls(papers.authority, papers.key),
        replace(Tls(papers.key), key=papers.key),
    ):
        with pytest.raises(ArgumentError, match="expected PEM files"):
            server_context(tls)


def test_from_the_command_line(
    papers: Papers, tmp_path: Path, dicome: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    file = mr_file(tmp_path / "a", "1.2.3.1")
    with running(secured(tmp_path / "store", papers, mutual=True)) as server:
        place = ("-s", LOOPBACK, "-p", server.ports[0].port, "-d", "0")
        mine = ("--certificate", papers.certificate, "--key", papers.key, "--authorities", papers.authority)
        assert dicome("send_dicom", *place, "--tls", *mine, file).returncode == 0
        assert dicome("send_dicom", *place, *mine).returncode == 0
        assert dicome("send_dicom", *place, file).returncode == 1
        done = dicome("send_dicom", *place, "--key", papers.key)  # never in plain words because of a switch forgotten
        assert (done.returncode, "a key needs its certificate" in done.stderr) == (1, True)
        settings = tmp_path / "c.toml"
        settings.write_text(
            f'[destinations.there]\nhost = "{LOOPBACK}"\nport = {server.ports[0].port}\n[destinations.there.tls]\n'
            f'certificate = "{papers.certificate}"\nkey = "{papers.key}"\nauthorities = "{papers.authority}"\n'
        )
        named = ("-s", "there", "--config", settings)
        assert dicome("send_dicom", *named, "--tls").returncode == 0  # as it is configured
        assert dicome("send_dicom", *named, "--authorities", papers.authority).returncode == 0


def test_dcmtk_sends_through_tls(papers: Papers, tmp_path: Path, dcmtk: Callable[[str], str]) -> None:
    file = mr_file(tmp_path / "a", "1.2.3.1")
    with running(secured(tmp_path / "store", papers)) as server:
        command = [
            dcmtk("storescu"),
            "--anonymous-tls",
            "+cf",
            str(papers.authority),
            LOOPBACK,
            str(server.ports[0].port),
            str(file),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(stored(tmp_path / "store")) == 1
