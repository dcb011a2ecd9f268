"""``python -m tests.benchmarks``: speed and memory beside other programs, as one table of ratios.

The file has some 16,000 frames: one of a scanner with its dynamics repeated, where DICOME_CORPUS says where such files
are, else a phantom; or one of your own (--file). Every figure is the best of some runs, each in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from functools import partial
from pathlib import Path

from tests.benchmarks.measure import Scan, measure
from tests.benchmarks.table import AHEAD, FASTER, HEAD, Contender, Work, lines, slower, under

SOURCE = "enhanced/nitest-balls1/DICOM/T2_.dcm"
"""A file of the corpus with Temporal Position Index among its dimensions: 10 slices, 2 dynamics."""
SLICES = 10
FRAMES = 16320


WORKS = (
    Work(
        "open, all axes",
        (
            Contender("dicome", "readers:open_dicome"),
            Contender("pydicom dcmread", "readers:open_pydicom", slower(100)),
            Contender("pydicom + index values", "readers:open_pydicom_index", AHEAD),
            Contender("nibabel shape", "readers:open_nibabel", AHEAD),
            Contender("highdicom imread", "readers:open_highdicom", AHEAD),
        ),
    ),
    Work(
        "read to float32",
        (
            Contender("dicome", "readers:read_dicome"),
            Contender("numpy: map, scale", "readers:read_limit", slower(1 / 2)),
            Contender("nibabel get_data", "readers:read_nibabel", AHEAD),
            Contender("highdicom get_volume", "readers:read_highdicom", AHEAD),
            Contender("highdicom get_frames", "readers:read_highdicom_frames", AHEAD),
            Contender("GDCM", "readers:read_gdcm", AHEAD),
            Contender("dcm2niix", "programs:read_dcm2niix", AHEAD),
            Contender("pydicom + scale", "readers:read_pydicom", AHEAD),
        ),
        memory=True,
    ),
    Work(
        "Octave: array and struct",
        (
            Contender("dicome", "programs:octave_dicome", under(2.5)),
            Contender("octave-dicom", "programs:octave_dicom_package", AHEAD),
            Contender("dicm2nii", "programs:octave_dicm2nii", AHEAD),
        ),
    ),
    Work(
        "Octave: small file",
        (
            Contender("dicome, first call", "programs:octave_dicome"),
            Contender("starting Python", "programs:octave_starts_python", slower(1 / 3)),
            Contender("dicome, second call", "programs:octave_dicome_again", under(0.06)),
        ),
        small=True,
    ),
    Work(
        "list classic headers",
        (
            Contender("dicome, one process", "folders:list_dicome"),
            Contender("dicome, all processors", "folders:list_dicome_parallel", FASTER),
            Contender("pydicom, before pixels", "folders:list_pydicom", slower(5)),
            Contender("dcmdump, one process", "folders:list_dcmdump", AHEAD),
        ),
        small=True,
    ),
    Work(
        "dcm_move",
        (
            Contender("dicome", "moving:move_dicome", under(15)),
            Contender("dicome, twice the files", "moving:move_twice_as_many"),
            Contender("pydicom, headers alone", "moving:headers_pydicom", AHEAD),
        ),
        small=True,
    ),
    Work(
        "classic + PAR/REC to MR",
        (
            Contender("dicome dcms2e", "conversion:convert", under(10)),
            Contender("writing the bytes", "conversion:write_bytes"),
            Contender("comparing two results", "conversion:differences"),
        ),
        small=True,
    ),
    Work(
        "receive 200 files",
        (
            Contender("dicome, from storescu", "network:receive_dicome"),
            Contender("DCMTK, from storescu", "network:receive_dcmtk", slower(1 / 1.5)),
            Contender("pynetdicom", "network:receive_pynetdicom", AHEAD),
        ),
        small=True,
    ),
    Work(
        "send 200 files",
        (
            Contender("dicome, to storescp", "network:send_dicome"),
            Contender("DCMTK, to storescp", "network:send_dcmtk", slower(1 / 2.5)),
            Contender("pynetdicom", "network:send_pynetdicom", AHEAD),
        ),
        small=True,
    ),
    Work(
        "receive the big file",
        (
            Contender("dicome, from dcmsend", "network:receive_big_dicome"),
            Contender("DCMTK, from dcmsend", "network:receive_big_dcmtk", slower(1 / 1.5)),
        ),
    ),
    Work(
        "send the big file",
        (
            Contender("dicome, to storescp", "network:send_big_dicome"),
            Contender("DCMTK storescu", "network:send_big_storescu", slower(1)),
            Contender("DCMTK dcmsend", "network:send_big_dcmsend", slower(1)),
            Contender("dicome to dicome", "network:both_big_dicome"),
        ),
    ),
    Work(
        "page: a frame of the file",
        (
            Contender("slider to canvas", "page:frames_in_browser", under(0.05)),
            Contender("server alone", "page:frames_from_server"),
        ),
    ),
    Work(
        "batch to NIfTI",
        (
            Contender("dicome, 2 processes", "batches:two_processes"),
            Contender("dicome, 1 process", "batches:one_process", slower(1.5)),
            Contender("2 processes, twice the files", "batches:twice_the_files"),
            Contender("dcm2niix", "batches:dcm2niix", AHEAD),
        ),
        many=True,
    ),
    Work(
        "--help",
        (
            Contender("dicome", "programs:start_help"),
            Contender("starting Python", "programs:start_python", slower(1 / 3)),
        ),
        small=True,
    ),
)


def main() -> int:
    """Measure and print the table."""
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="dicome-bench-") as folder:
        big, small = _scans(options.file, options.frames, Path(folder))
        many = _folders(Path(folder), options.files)
        print(
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
        )
        print(f"big file: {_words(big)}; small file: {_words(small)}; batch: {many.frames} files\n\n{HEAD}")
        for work in WORKS:
            scan = small if work.small else many if work.many else big
            run = partial(measure, scan=scan, repeats=options.repeats, limit=options.limit)
            for text in lines(work, run, scan.result_bytes, options.only):
                print(text, flush=True)
    print("\nx dicome: times the seconds of dicome. peak MB: memory beyond what the process had before the work,")
    print("the touched pages of a mapped file included.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--file", type=Path, help="uncompressed enhanced file of 16 bits to measure with")
    parser.add_argument("--frames", type=int, default=FRAMES, help="size of the file made (default %(default)s)")
    parser.add_argument("--files", type=int, default=500, help="files of the batch (default %(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="runs, of which the best counts (default %(default)s)")
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a program is stopped")
    parser.add_argument("--only", default="", help="only works and programs with this in their names")
    return parser


def _folders(folder: Path, count: int) -> Scan:
    """A folder of so many scans, and beside it one of twice as many."""
    from tests.benchmarks.copies import copies, phantoms

    corpus = os.environ.get("DICOME_CORPUS")
    for name, number in (("many", count), ("many twice", 2 * count)):
        (folder / name).mkdir()
        if corpus:
            copies(Path(corpus).resolve(), folder / name, number)
        else:
            phantoms(folder / name, number)
    return Scan(folder / "many", count, 0, 0)


def _words(scan: Scan) -> str:
    return f"{scan.frames} frames of {scan.rows} x {scan.columns}, {scan.path.stat().st_size / 1e6:.1f} MB"


def _scans(file: Path | None, frames: int, folder: Path) -> tuple[Scan, Scan]:
    """The big file and the small one."""
    if file is not None:
        scan = _described(file.resolve())
        return scan, scan
    corpus = os.environ.get("DICOME_CORPUS")
    big = folder / "big.dcm"
    if corpus:
        from tests.benchmarks.enlarge import enlarge

        small = Path(corpus).resolve() / SOURCE
        return Scan(big, *enlarge(small, big, frames // SLICES)), _described(small)
    print("DICOME_CORPUS is not set: measuring with a phantom, whose headers are plainer than a scanner's")
    import dicome

    small = folder / "small.dcm"
    for path, dynamics in ((small, 2), (big, frames // SLICES)):
        dicome.write_phantom(path, rows=80, columns=80, slices=SLICES, dynamics=dynamics)
    return _described(big), _described(small)


def _described(path: Path) -> Scan:
    import pydicom

    tags = ["NumberOfFrames", "Rows", "Columns"]
    dataset = pydicom.dcmread(path, specific_tags=list(tags), stop_before_pixels=True)
    return Scan(path, int(dataset.NumberOfFrames), int(dataset.Rows), int(dataset.Columns))


if __name__ == "__main__":
    sys.exit(main())
