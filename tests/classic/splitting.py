"""Takes an enhanced phantom apart into single-frame files, as a scanner would have sent them; done by pydicom."""

from __future__ import annotations

from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from dicome.phantom import Phantom

FLAT = (
    ("PlanePositionSequence", "ImagePositionPatient", "ImagePositionPatient"),
    ("PlaneOrientationSequence", "ImageOrientationPatient", "ImageOrientationPatient"),
    ("PixelMeasuresSequence", "PixelSpacing", "PixelSpacing"),
    ("PixelMeasuresSequence", "SliceThickness", "SliceThickness"),
    ("PixelMeasuresSequence", "SpacingBetweenSlices", "SpacingBetweenSlices"),
    ("PixelValueTransformationSequence", "RescaleSlope", "RescaleSlope"),
    ("PixelValueTransformationSequence", "RescaleIntercept", "RescaleIntercept"),
    ("MREchoSequence", "EffectiveEchoTime", "EchoTime"),
    ("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime", "TriggerTime"),
    ("FrameContentSequence", "TemporalPositionIndex", "TemporalPositionIdentifier"),
    ("MRDiffusionSequence", "DiffusionBValue", "DiffusionBValue"),
)
"""Functional group, its attribute, and the attribute of a single-frame header."""
GENERAL = (
    "SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "Modality",
    "Manufacturer", "PatientName", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated",
    "BitsStored", "HighBit", "PixelRepresentation",
)  # fmt: skip
MR_IMAGE = UID("1.2.840.10008.5.1.4.1.1.4")


def split(phantom: Phantom, folder: Path, *, private: bool = True, suffix: str = ".dcm") -> list[Path]:
    """One file per frame in a folder, in the order of the frames; names run the other way, to mean nothing.

    private: keep what Philips writes in its private group.
    """
    folder.mkdir(exist_ok=True)
    whole = pydicom.dcmread(phantom.path)
    pixels = whole.pixel_array.reshape(-1, whole.Rows, whole.Columns)
    shared = whole.SharedFunctionalGroupsSequence[0]
    paths = []
    for number, groups in enumerate(whole.PerFrameFunctionalGroupsSequence, 1):
        path = folder / f"{len(pixels) - number:04d}{suffix}"
        frame = FileDataset(str(path), {}, file_meta=pydicom.dataset.FileMetaDataset(), preamble=b"\0" * 128)
        frame.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        if private and (0x2005, 0x140F) in groups:
            _copy_private(groups[0x2005, 0x140F][0], frame)
        for name in GENERAL:
            if name in whole:
                setattr(frame, name, whole[name].value)
        frame.SOPClassUID = frame.file_meta.MediaStorageSOPClassUID = MR_IMAGE
        frame.SOPInstanceUID = frame.file_meta.MediaStorageSOPInstanceUID = UID(f"{whole.SOPInstanceUID[:50]}.{number}")
        frame.InstanceNumber = number
        _flatten(groups, shared, frame)
        frame.PixelData = pixels[number - 1].tobytes()
        frame["PixelData"].VR = "OW"
        frame.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def _flatten(groups: Dataset, shared: Dataset, frame: Dataset) -> None:
    for group, name, flat in FLAT:
        holder = groups if group in groups else shared
        if group in holder and name in holder[group][0]:
            setattr(frame, flat, holder[group][0][name].value)
    diffusion = groups["MRDiffusionSequence"][0] if "MRDiffusionSequence" in groups else Dataset()
    if "DiffusionBValue" in diffusion:
        frame.DiffusionGradientOrientation = [0.0, 0.0, 0.0]
    if "DiffusionGradientDirectionSequence" in diffusion:
        direction = diffusion.DiffusionGradientDirectionSequence[0]
        frame.DiffusionGradientOrientation = direction.DiffusionGradientOrientation


def _copy_private(item: Dataset, frame: Dataset) -> None:
    """The private elements with their creators; public ones there are copies that mean something else."""
    for element in item:
        if element.tag.is_private:
            frame.add(element)
