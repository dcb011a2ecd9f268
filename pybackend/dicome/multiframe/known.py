"""What a converted enhanced file says otherwise than one that the scanner sent, and why: the list of `dcms2e --diffs`.

Each entry names its attributes by keyword, so that a comparison of two files can tell expected differences from others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """Some attributes that differ, by title and keyword, and why. A keyword of a sequence stands for all in it.

    relative, absolute: how far numbers may be apart for the reason to hold, as a part of their size or in their own
    unit (both 0: by any distance).
    """

    titles: tuple[str, ...]
    keywords: frozenset[str]
    reason: str
    relative: float = 0.0
    absolute: float = 0.0

    def explains(self, size: float, distance: float) -> bool:
        """Whether numbers as large as ``size`` may be so far apart."""
        bounds = [bound for bound in (self.relative * max(size, 1.0), self.absolute) if bound]
        return not bounds or distance <= max(bounds)


def _known(titles: str, keywords: str, reason: str, *, relative: float = 0.0, absolute: float = 0.0) -> Known:
    return Known(tuple(titles.split("; ")), frozenset(keywords.split()), reason, relative, absolute)


KNOWN: tuple[Known, ...] = (
    _known(
        "DICOM Meta Information header; Instance Creation Date and Time; SOP Instance UIDs (of file and frames);"
        " Dimension Organization UID",
        "FileMetaInformationGroupLength FileMetaInformationVersion MediaStorageSOPClassUID MediaStorageSOPInstanceUID"
        " TransferSyntaxUID ImplementationClassUID ImplementationVersionName SourceApplicationEntityTitle"
        " InstanceCreationDate InstanceCreationTime SOPInstanceUID DimensionOrganizationUID",
        "Made anew whenever a DICOM file is made.",
    ),
    _known(
        "Referenced Image Evidence Sequence; Referenced Image Sequence",
        "ReferencedImageEvidenceSequence ReferencedImageSequence",
        "They tell of the localizer that the scan was planned on. Classic files do not say what is needed to make them,"
        " so they are left out.",
    ),
    _known(
        "Specific Absorption Rate Value; Gradient Output; Pixel Bandwidth; Image Position (Patient);"
        " Transmitter Frequency",
        "SpecificAbsorptionRateValue GradientOutput PixelBandwidth ImagePositionPatient TransmitterFrequency",
        "Rounded in the classic files, or when they are computed from what the classic files hold.",
        relative=1e-3,
    ),
    _known(
        "Frame Anatomy Sequence",
        "FrameAnatomySequence",
        "Often blank in classic files. It is made of the private Philips attribute (2005,1397) where that names the"
        " region; otherwise the blanks are copied.",
    ),
    _known(
        "Window Center and Window Width",
        "WindowCenter WindowWidth",
        "Those of the PAR file, which are the scanner's own. Where it holds none they are estimated: the width is 0.87"
        " of the largest display value of the frame, the centre 0.5753 of the width.",
        relative=0.25,
    ),
    _known(
        "MR Max FP and MR Min FP",
        "MRMaxFP MRMinFP",
        "The scanner takes them from its floating-point images. Here they are the largest and the smallest integer of"
        " the frame as floating-point values, and the integers have lost some precision.",
    ),
    _known(
        "Rescale Slope; Rescale Intercept; MR Scale Slope; MR Scale Intercept",
        "RescaleSlope RescaleIntercept MRScaleSlope MRScaleIntercept",
        "As in the classic files. Of frames whose PAR line has other numbers, as in the PAR file: five decimals.",
        relative=1e-4,
    ),
    _known(
        "Exam Media Write Status; ScanoGram Survey Number of Images",
        "ExamMediaWriteStatus MRScanoGramSurveyNumberOfImages",
        "What the scanner's database says of the exam at the time of sending, which is another for each transfer.",
    ),
    _known(
        "Content Time; Frame Acquisition DateTime",
        "ContentTime FrameAcquisitionDateTime",
        "Time of the first dynamic, which the classic files give in hundredths of a second, plus the begin time of the"
        " dynamic in the PAR file: right to 0.02 s.",
        absolute=0.02,
    ),
)
"""In the order of the printed list."""


def known_of(path: str) -> Known | None:
    """The entry that an attribute (keywords joined with dots) belongs to."""
    steps = {step.partition("[")[0] for step in path.split(".")}
    return next((entry for entry in KNOWN if steps & entry.keywords), None)


def description() -> str:
    """The list in words, as ``dcms2e --diffs`` prints it."""
    lines = ["Differences between a converted Enhanced MR file and one that the scanner sent", ""]
    for entry in KNOWN:
        lines += [*entry.titles, *_wrapped(entry.reason), ""]
    return "\n".join(lines).rstrip()


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, 76, initial_indent="    ", subsequent_indent="    ")
