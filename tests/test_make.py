"""What `make` and `.ci/packages` say and do on machines that lack something, played with stand-ins for the programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    os.name != "posix" or shutil.which("make") is None, reason="needs make and a Unix shell"
)


OTHER_PYTHON = f"""exec "{sys.executable}" -c '
import sys
sys.version_info = eval(sys.argv[1])
if sys.argv[2] == "-c":
    exec(sys.argv[3])
else:
    print("Python", ".".join(map(str, sys.version_info)))
' """
"""A python3 that takes itself for the version of its first argument."""


class Machine:
    """A PATH of stand-ins: shell scripts by name, which may write to ``log``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.log = folder / "log"
        self.programs.mkdir()
        for name in ("sh", "echo", "grep", "touch", "tr"):
            found = shutil.which(name)
            assert found is not None
            (self.programs / name).symlink_to(found)

    def has(self, name: str, script: str) -> None:
        """Install a stand-in."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command with nothing but the stand-ins on the PATH."""
        environment = {"PATH": str(self.programs), "LOG": str(self.log)}
        program = shutil.which(command[0]) or command[0]
        return subprocess.run(
            [program, *command[1:]], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def logged(self) -> list[str]:
        """What stand-ins wrote to the log."""
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine that lacks octave; its user is root, and apt works."""
    made = Machine(tmp_path)
    made.has("dpkg-query", 'for last; do :; done; case "$last" in make) echo "install ok installed";; *) exit 1;; esac')
    made.has("id", "echo 0")
    made.has("apt-get", 'echo "$@" | tr " " "\\n" | grep -v "^-\\|::\\|=" | tr "\\n" " " >> "$LOG"; echo >> "$LOG"')
    return made


def test_packages_that_are_there_are_left_alone(machine: Machine) -> None:
    done = machine.run(ROOT / ".ci/packages", "make")
    assert (done.returncode, done.stdout, done.stderr, machine.logged()) == (0, "", "", [])


def test_root_installs_what_is_missing_and_says_so(machine: Machine) -> None:
    done = machine.run(ROOT / ".ci/packages", "make", "octave", "dcmtk")
    assert (done.returncode, done.stdout) == (0, "Installing by apt: octave dcmtk ...\n")
    assert [line.split() for line in machine.logged()] == [["update"], ["install", "octave", "dcmtk"]]


@pytest.mark.parametrize("sudo", [None, "exit 1"])
def test_without_rights_the_line_to_type_is_told(machine: Machine, sudo: str | None) -> None:
    machine.has("id", "echo 1000")
    if sudo is not None:
        machine.has("sudo", sudo)
    done = machine.run(ROOT / ".ci/packages", "octave", "dcmtk")
    assert done.returncode == 1
    assert done.stdout.endswith("On Debian or Ubuntu: sudo apt install octave dcmtk\n")
    assert machine.logged() == []


def test_sudo_without_password_is_used(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("sudo", 'shift; [ "$1" = true ] || { echo sudo >> "$LOG"; "$@"; }')
    assert machine.run(ROOT / ".ci/packages", "octave").returncode == 0
    assert [line.split() for line in machine.logged()] == [["sudo"], ["update"], ["sudo"], ["install", "octave"]]


def test_a_package_that_does_not_exist_keeps_no_other_away(machine: Machine) -> None:
    script = (machine.programs / "apt-get").read_text(encoding="utf-8").removeprefix("#!/bin/sh\n")
    machine.has("apt-get", f'{script}\ncase "$*" in *dicom3tools*) exit 100;; esac')
    done = machine.run(ROOT / ".ci/packages", "dicom3tools", "octave")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "apt could not install: dicom3tools"
    assert machine.logged()[-1].split() == ["install", "octave"]


@pytest.mark.parametrize(
    ("python", "told"),
    [
        (None, "No python3 here. On Debian or Ubuntu: sudo apt install python3 python3-venv"),
        (f"{OTHER_PYTHON} '(3, 9, 25)' \"$@\"", "Python 3.9.25 is too old"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "On Debian or Ubuntu: sudo apt install python3-venv"),
    ],
)
def test_make_says_what_python_lacks(machine: Machine, python: str | None, told: str) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, machine.folder)
    if python is not None:
        machine.has("python3", python)
    done = machine.run("make", "demo")
    assert done.returncode == 2, done.stdout
    assert told in done.stdout
    assert not (machine.folder / ".venv").exists()


def test_make_alone_lists_what_there_is(machine: Machine) -> None:
    shutil.copy(ROOT / "Makefile", machine.folder)
    listed = [line.split()[1] for line in machine.run("make").stdout.splitlines()]
    assert set(listed) == {"demo", "test", "lint", "bench", "venv", "clean"}
