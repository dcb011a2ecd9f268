"""The configuration: what it means, and what is told where it is wrong."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dicome.errors import ArgumentError, FileMissingError
from dicome.network.config import Caller, Convert, Exec, Forward, load_config
from dicome.network.log import Log

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SMALL = '[store]\nfolder = "/data"\n[listeners.enhanced]\nport = 11112\n'


def load(path: Path, text: str) -> object:
    (path / "c.toml").write_text(text)
    return load_config(path / "c.toml")


def test_the_smallest(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(SMALL)
    config = load_config(tmp_path / "c.toml")
    assert config.folder == Path("/data")
    (listener,) = config.listeners
    assert (listener.name, listener.port, listener.enhanced) == ("enhanced", 11112, True)
    assert [f"{tag:08X}" for tag in config.route.tags] == ["00081030", "001021B0", "00104000"]
    assert config.retention.retain is None


def test_everything_in_the_example_is_understood() -> None:
    config = load_config(ROOT / "examples/server.toml")
    assert [(one.name, one.port, one.enhanced) for one in config.listeners] == [
        ("enhanced", 11112, True),
        ("classic", 11113, False),
    ]
    assert config.retention.retain == 30 * 86400
    assert config.retention.at == (2, 30)
    assert config.route.stable == 60
    assert {type(action) for action in config.route.actions} == {Exec, Forward, Convert}
    assert config.listeners[0].allow[0] == Caller("MRSCANNER1", ip_network("10.1.2.0/24"))
    assert config.destinations["xnat"].copy == ((0x00400280, 0x00104000),)
    assert config.limits.object_size == 20_000_000_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[store\n", "not TOML"),
        (SMALL + "[stroe]\n", "unknown key stroe; did you mean store"),
        (SMALL.replace("11112", '"11112"'), "[listeners.enhanced]: port is '11112'; expected a whole number"),
        (SMALL.replace("11112", "70000"), "port is 70000; expected a whole number from 0 to 65,535"),
        (SMALL.replace("/data", "data"), "folder is 'data'; expected an absolute path"),
        ("[listeners.enhanced]\n", "port is missing; expected a whole number"),
        (SMALL + '[listeners.classic]\nport = 11112\n', "have the same port 11112"),
        (SMALL + 'accept = "all"\n', "accept is 'all'; expected one of enhanced, classic"),
        (SMALL + 'ae_title = "AN AE TITLE THAT IS TOO LONG"\n', "expected an AE title"),
        (SMALL + '[[listeners.enhanced.allow]]\naddress = "10.0.0.999"\n', "expected an address or network"),
        (SMALL + '[retention]\nretain = "a month"\n', 'retain is \'a month\'; expected a time such as'),
        (SMALL + '[retention]\nat = "25:00"\n', "expected a time of day"),
        (SMALL + '[retention]\nkeep_free = "much"\n', "expected a size such as"),
        (SMALL + '[route]\nfields = ["StudyDescripton"]\n', "expected keywords of DICOM attributes"),
        (SMALL + '[locations]\nroots = ["here"]\n', "expected absolute paths"),
        (SMALL + '[[exec]]\ncommand = "rm -rf /"\n', "expected a program and its arguments, each a text of its own"),
        (SMALL + '[[exec]]\n', "command is missing"),
        (SMALL + '[[convert]]\nto = "xyz"\nfolder = "/x"\n', "to is 'xyz'; expected one of h5, mat, nii"),
        (SMALL + '[[forward]]\nto = "nowhere"\n', "expected one of the [destinations]: there is none"),
        (SMALL + '[destinations.x]\nhost = "h"\n', "[destinations.x]: port is missing"),
        (SMALL + '[destinations.x]\nhost = "h"\nport = 1\n[destinations.x.copy]\nNope = "Nope"\n', "expected keywords"),
        (SMALL + '[status]\nenabled = "no"\n', "expected true or false"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError) as error:
        load(tmp_path, text)
    assert told in str(error.value)
    assert str(tmp_path / "c.toml") in str(error.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match="no such configuration"):
        load_config(tmp_path / "none.toml")


def test_check_and_status_from_the_command_line(
    tmp_path: Path, dicome: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    path = tmp_path / "c.toml"
    path.write_text(SMALL.replace("/data", str(tmp_path / "store")))
    assert "1 listener(s)" in dicome("serve", "--config", path, "--check").stdout
    for text, told in (
        ('[listeners.enhanced.tls]\ncertificate = "/no/such.pem"\n', "/no/such.pem"),
        ('[destinations.x]\nhost = "h"\nport = 1\ntls = { authorities = "/no/ca.pem" }\n', "/no/ca.pem"),
    ):
        path.write_text(SMALL.replace("/data", str(tmp_path / "store")) + text)
        done = dicome("serve", "--config", path, "--check")
        assert (done.returncode, told in done.stderr) == (1, True)
    path.write_text('[store]\nfolder = "/data"\n')
    assert "names no [listeners.NAME]" in dicome("serve", "--config", path, "--check").stderr
    path.write_text(SMALL.replace("/data", str(tmp_path / "store")))
    done = dicome("serve", "--config", path, "--status")
    assert (done.returncode, done.stderr.strip().endswith("no server has worked there yet")) == (1, True)
    path.write_text("[listeners.enhanced]\nport = 0\n")
    assert "[store] folder is missing" in dicome("serve", "--config", path).stderr


def test_the_log_leaves_private_fields_out_unless_asked(tmp_path: Path) -> None:
    for details in (False, True):
        path = tmp_path / f"log {details}"
        Log(path, details=details)("event", private={"asked": "/data/DOE"}, study="1.2.3", nothing=None)
        text = path.read_text()
        assert ("DOE" in text) is details
        assert '"study": "1.2.3"' in text
        assert "nothing" not in text
