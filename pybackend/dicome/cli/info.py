"""``dicome info``: what a scan is, its dimensions with their labels, and what their order rests on.

Of a folder it lists the series, one line each; with ``--series`` it shows one of them.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from dicome.cli.parser import Subparsers
    from dicome.frames.labels import Axis
    from dicome.image import Image
    from dicome.listing import Listing

_EXAMPLES = """\
examples:
  dicome info scan.dcm               dimensions, labels, scaling, geometry
  dicome info a.dcm b.dcm c.dcm      several files of one series as one image
  dicome info FOLDER                 the series in a folder, one line each (-R: in its sub-folders too)
  dicome info FOLDER --series 301    one of them; by its number, or the begin of its Series Instance UID
  dicome info scan.dcm --json        for scripts
  dicome info -t EchoTime -x *.dcm   with any switch of dcminfo: what that shows instead (see `dcminfo --help`)
"""
_SHOWN_LABELS = 8
_HEAD = (
    ("Manufacturer", 0x00080070), ("Model", 0x00081090), ("Software", 0x00181020), ("Protocol", 0x00181030),
    ("Series", 0x00200011), ("Description", 0x0008103E), ("Series date", 0x00080021), ("Series time", 0x00080031),
)  # fmt: skip
"""Top-level attributes shown; none of them identifies the patient."""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``info`` to the command line."""
    from dicome.cli.inspecting import add_inspecting_options

    parser = subparsers.add_parser(
        "info",
        help="show what a scan is: dimensions, labels, scaling, geometry",
        description="Show what a DICOM scan is: its dimensions with their labels, scaling and geometry, and what the "
        "order of its frames rests on. Of a folder, list the series. Names of patients are not shown.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("path", nargs="+", metavar="FILE", help="a file, several files of one series, or a folder")
    parser.add_argument("--series", metavar="N", help="of a folder: show the series of this number or UID")
    parser.add_argument("-R", "--recursive", action="store_true", help="of a folder: list what is below it too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--incomplete", choices=("pad", "trim", "error"), default="pad", help="for stopped scans")
    parser.add_argument("--columns", action="store_true", help="also list all attributes of the frame table")
    add_inspecting_options(parser)


def run(args: argparse.Namespace) -> int:
    """Prints the summary, or the list of a folder's series."""
    from pathlib import Path

    from dicome.cli.inspecting import as_one_image, is_asked, run_inspecting
    from dicome.safetext import json_text, visible

    if is_asked(args):
        _refuse_own(args)
        return run_inspecting(args, "dicome")
    path = as_one_image(args.path)
    if args.series is None and isinstance(path, str) and Path(path).is_dir():
        return _print_series(args)
    if args.recursive:
        from dicome.errors import ArgumentError

        raise ArgumentError("--recursive lists the series of one folder; give a folder, and no --series")

    from dicome.image import open_image

    image = open_image(path, incomplete=args.incomplete, series=args.series)
    facts = summary(image)
    if args.columns:
        facts["columns"] = list(image.frames.columns)
    print(json_text(facts) if args.json else visible(as_text(facts), keep="\n"))
    return 0


def _refuse_own(args: argparse.Namespace) -> None:
    """Switches of the overview, which those of dcminfo know nothing of: ``-r`` would rename the files of all series."""
    from dicome.errors import ArgumentError

    for flag, given in (
        ("--series", args.series is not None and not (args.frames or args.axes)), ("--recursive", args.recursive),
        ("--columns", args.columns), ("--incomplete", args.incomplete != "pad"),
    ):  # fmt: skip
        if given:
            advice = " but --frames and --axes; name the files of the series" if flag == "--series" else ""
            raise ArgumentError(f"{flag} goes with no switches of dcminfo{advice}")


def _print_series(args: argparse.Namespace) -> int:
    import warnings

    from dicome.errors import DicomeWarning
    from dicome.listing import list_series
    from dicome.safetext import json_text, visible

    folder = args.path[0]
    found = list_series(folder, args.recursive)
    for text in found.warnings():
        warnings.warn(text, DicomeWarning, stacklevel=2)
    text = json_text(listing(found)) if args.json else listing_as_text(folder, found, args.recursive)
    print(text if args.json else visible(text, keep="\n"))
    return 0


def listing(found: Listing) -> dict[str, Any]:
    """The series of a folder, ready for JSON."""
    return {
        "series": [entry.facts() for entry in found.entries],
        "without_pixels": [str(path) for path, _ in found.passed_over],
        "unreadable": [{"file": str(path), "reason": str(problem)} for path, problem in found.unreadable],
        "not_dicom": len(found.not_dicom),
    }


def listing_as_text(folder: str, found: Listing, recursive: bool) -> str:
    """The series as lines for people."""
    amount = len(found.entries)
    none = "no DICOM images" + ("" if recursive else " (sub-folders are searched with -R)")
    lines = [f"{folder}: {amount} series" if amount else f"{folder}: {none}"]
    lines += [f"  {entry.line()}" for entry in found.entries]
    lines += [f"  {note}" for note in found.notes()]
    others = len(found.not_dicom)
    lines += [f"  {others:,} other {'file' if others == 1 else 'files'}, no DICOM"] if others else []
    return "\n".join(lines)


def summary(image: Image) -> dict[str, Any]:
    """The facts, ready for JSON."""
    series = image.series
    file = series.files[0]
    affine = image.affine
    voxel = None if affine is None else (affine[:3, :3] ** 2).sum(axis=0) ** 0.5
    return {
        "files": [str(one) for one in series.paths],
        "transfer_syntax": file.syntax.name if file.format == "DICOM" else file.format,
        **{name: text for name, tag in _HEAD if (text := file.text(tag))},
        "frames": image.frames.frame_count,
        "shape": list(image.shape),
        "names": list(image.names),
        "axes": [_axis(axis) for axis in image.axes],
        "stored": str(series.format.dtype),
        "scale": image.scale,
        "affine_lps": None if affine is None else affine.tolist(),
        "voxel_size_mm": None if voxel is None else [round(size, 6) for size in voxel.tolist()],
        "missing_frames": int((image.ordering.grid < 0).sum()),
        "evidence": [note for note in (*image.evidence, image.evidence_of_affine) if note],
        "warnings": list(image.warnings),
    }


def _axis(axis: Axis) -> dict[str, Any]:
    return {"name": axis.name, "size": len(axis), "labels": list(axis.labels), "unit": axis.unit}


def as_text(facts: dict[str, Any]) -> str:
    """The facts as lines for people."""
    lines = [f"{facts['files'][0]}" + (f" and {len(facts['files']) - 1} more" if len(facts["files"]) > 1 else "")]
    lines += [f"  {name:<12} {facts[name]}" for name, _ in _HEAD if name in facts]
    size = " x ".join(str(n) for n in facts["shape"])
    lines.append(f"  {'Image':<12} {size}, {facts['frames']} frames of {facts['stored']}, scaling {facts['scale']}")
    if facts["voxel_size_mm"]:
        lines.append(f"  {'Voxel':<12} {' x '.join(f'{v:g}' for v in facts['voxel_size_mm'])} mm (row, column, slice)")
    lines.append(f"  {'Encoding':<12} {facts['transfer_syntax']}")
    lines.append("Dimensions")
    plane = len(facts["shape"]) - len(facts["axes"])
    for k, (name, n) in enumerate(zip(facts["names"], facts["shape"], strict=True)):
        labels = "" if k < plane else _shown(facts["axes"][k - plane])
        lines.append(f"  {k + 1}  {name:<32} {n:>5}  {labels}".rstrip())
    lines += ["Evidence", *(f"  {note}" for note in facts["evidence"])] if facts["evidence"] else []
    if "columns" in facts:
        lines += ["Columns", *(f"  {name}" for name in facts["columns"])]
    return "\n".join(lines)


def _shown(axis: dict[str, Any]) -> str:
    labels = axis["labels"]
    if len(labels) > _SHOWN_LABELS:
        labels = [*labels[:3], "...", labels[-1]]
    unit = f" {axis['unit']}" if axis["unit"] else ""
    return ", ".join(label or "-" for label in labels) + unit
