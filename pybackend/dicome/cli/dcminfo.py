"""``dcminfo``: selected fields of files side by side, all fields of one, what varies over frames; renames by fields."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dcminfo *.dcm                        what all files have in common, then what differs
  dcminfo -t PatientName:0008,103e -x scan.dcm     these fields only
  dcminfo -t MRScaleSlope:2005,100d a.dcm b.dcm    private ones, by name or number (the creator is found)
  dcminfo -s -t EffectiveEchoTime -x scan.dcm      first .. last of all frames
  dcminfo -t 'MREchoSequence.EffectiveEchoTime' scan.dcm
  dcminfo --frames scan.dcm            constants of all frames, then one row per frame of what varies
  dcminfo --axes --csv scan.dcm        what varies along each dimension
  dcminfo -r SeriesNumber:InstanceNumber -c *.dcm  the names that a renaming would give
  dcminfo -l -k scan.dcm               all fields, by name
  dcminfo -a scan.dcm                  the whole file

~/.dcminforc (or the file that DCMINFORC names) says what is shown by default:
  Tags ProtocolName EchoTime 0018,0080
  MaxWidth 160
Without it these are shown, as far as a file has them (of enhanced files under the names that they have there):
  StudyDate StudyDescription SeriesDate SeriesTime SeriesNumber SeriesDescription ProtocolName ImageType
  ScanningSequence RepetitionTime EchoTime InversionTime FlipAngle EchoTrainLength Rows Columns PixelSpacing
  SliceThickness SpacingBetweenSlices NumberOfFrames MRSeriesNrOfSlices MRSeriesNrOfEchoes
  MRSeriesNrOfDynamicScans DiffusionBValue MagneticFieldStrength Manufacturer ManufacturerModelName
  SoftwareVersions StationName
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcminfo``."""
    from dicome.cli.inspecting import add_inspecting_options

    parser = subparsers.add_parser(
        "dcminfo",
        help="fields of files side by side, of frames, or all; rename by fields",
        description="Show selected fields of DICOM files: first those whose value is the same in all files, then a "
        "table of the others. Or all fields of a file, or what varies over its frames. Or rename files by fields.",
        epilog=EXAMPLES,
    )
    parser.add_argument("path", nargs="+", metavar="FILE", help="DICOM files, or folders of them")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_inspecting_options(parser)


def run(args: argparse.Namespace) -> int:
    """Does what the switches say."""
    from dicome.cli.inspecting import run_inspecting

    return run_inspecting(args, "dcminfo")
