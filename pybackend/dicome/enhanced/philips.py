"""Private attributes of Philips MR, as tables: series, stacks, shared and per-frame groups.

Tags are written in the blocks that scanners of releases 2 to 5.7 use; the writer moves them where a file wants its
creators elsewhere. Keywords are those of common private dictionaries.
"""

from __future__ import annotations

from dicome.enhanced.template import Group, Row, Table

IMAGING_1 = "Philips Imaging DD 001"
IMAGING_2 = "Philips Imaging DD 002"
MR_1 = "Philips MR Imaging DD 001"
MR_2 = "Philips MR Imaging DD 002"
MR_3 = "Philips MR Imaging DD 003"
MR_4 = "Philips MR Imaging DD 004"
MR_5 = "Philips MR Imaging DD 005"
MR_6 = "Philips MR Imaging DD 006"

BLOCKS = {IMAGING_1: 0x10, IMAGING_2: 0x11, MR_1: 0x10, MR_2: 0x11, MR_3: 0x12, MR_4: 0x13, MR_5: 0x14, MR_6: 0x15}
"""Block of each creator in files of releases 2 to 5.7."""

MOVED_BLOCKS = {
    IMAGING_1: 0x10,
    IMAGING_2: 0x11,
    MR_5: 0x10,
    MR_1: 0x11,
    MR_6: 0x12,
    MR_2: 0x13,
    MR_3: 0x14,
    MR_4: 0x15,
}
"""Blocks as release 11 and some archives order them: the per-frame group is then (2005,100F)."""


def _of(creator: str, *rows: tuple[str, int, str] | tuple[str, int, str, object]) -> Table:
    """Rows of one creator, from (keyword, tag, VR) or (keyword, tag, VR, default)."""
    return tuple(Row(*row, creator=creator) for row in rows)  # type: ignore[misc]


STACK = Group(
    "Stack",
    0x2001105F,
    (
        *_of(
            IMAGING_1,
            ("StackNumberOfSlices", 0x2001102D, "SS"),
            ("StackRadialAngle", 0x20011032, "FL", 0),
            ("StackRadialAxis", 0x20011033, "CS", "AP"),
            ("StackSliceNumber", 0x20011035, "SS", 1),
            ("StackType", 0x20011036, "CS", "PARALLEL"),
        ),
        *_of(
            MR_1,
            ("MRStackAngulationAP", 0x20051071, "FL"),
            ("MRStackAngulationFH", 0x20051072, "FL"),
            ("MRStackAngulationRL", 0x20051073, "FL"),
            ("MRStackFovAP", 0x20051074, "FL"),
            ("MRStackFovFH", 0x20051075, "FL"),
            ("MRStackFovRL", 0x20051076, "FL"),
            ("MRStackOffcentreAP", 0x20051078, "FL"),
            ("MRStackOffcentreFH", 0x20051079, "FL"),
            ("MRStackOffcentreRL", 0x2005107A, "FL"),
            ("MRStackPreparationDirection", 0x2005107B, "CS", "AP"),
            ("MRStackSliceDistance", 0x2005107E, "FL"),
            ("MRStackViewAxis", 0x20051081, "CS"),
        ),
        *_of(
            MR_5,
            ("MRStackTablePosLong", 0x2005143C, "FL", 0),
            ("MRStackTablePosLat", 0x2005143D, "FL", 1.7e38),
            ("MRStackPosteriorCoilPos", 0x2005143E, "FL", 0),
        ),
    ),
    creator=IMAGING_1,
)

SERIES: Table = (
    *_of(
        IMAGING_1,
        ("ArrhythmiaRejection", 0x2001100C, "CS", "N"),
        ("CardiacCycled", 0x2001100E, "CS", "N"),
        ("CardiacGateWidth", 0x2001100F, "SS", 0),
        ("CardiacSync", 0x20011010, "CS", "NO"),
        ("MRSeriesDiffusionEchoTime", 0x20011011, "FL", 0),
        ("MRSeriesDynamicSeries", 0x20011012, "CS", "N"),
        ("MRSeriesEPIFactor", 0x20011013, "SL", 1),
        ("MRSeriesNrOfEchoes", 0x20011014, "SL", 1),
        ("NumberOfLocations", 0x20011015, "SS", 1),
        ("NumberOfPCDirections", 0x20011016, "SS", 0),
        ("MRSeriesNrOfPhases", 0x20011017, "SL", 1),
        ("MRSeriesNrOfSlices", 0x20011018, "SL"),
        ("PartialMatrixScanned", 0x20011019, "CS", "N"),
        ("MRSeriesPCVelocity", 0x2001101A, "FL", (0, 0, 0)),
        ("PrepulseDelay", 0x2001101B, "FL", 0),
        ("PrepulseType", 0x2001101C, "CS", "NO"),
        ("MRSeriesReconstructionNumber", 0x2001101D, "IS", 1),
        ("RespirationSync", 0x2001101F, "CS", "NO"),
        ("MRSeriesScanningTechniqueDesc", 0x20011020, "LO"),
        ("MRFatSaturation", 0x20011021, "CS", "N"),
        ("MRSeriesWaterFatShift", 0x20011022, "FL", 0.430870444),
        ("MRSeriesFlipAngle", 0x20011023, "DS"),
        ("SeriesIsInteractive", 0x20011024, "CS", "N"),
        ("EchoTimeDisplay", 0x20011025, "SH"),
        ("MRSeriesNrOfStacks", 0x20011060, "SL", 1),
        ("SeriesTransmitted", 0x20011061, "CS", "N"),
        ("SeriesCommitted", 0x20011062, "CS", "N"),
        ("ExaminationSource", 0x20011063, "CS", "ELSEWHERE"),
        ("MRSeriesAcquisitionNumber", 0x2001107B, "IS"),
        ("MRSeriesNrOfDynamicScans", 0x20011081, "IS", 1),
        ("MRSeriesEchoTrainLength", 0x20011082, "IS", 1),
        ("MRSeriesImagingFrequency", 0x20011083, "DS"),
        ("MRSeriesInversionTime", 0x20011084, "DS", 0),
        ("MRSeriesMagneticFieldStrength", 0x20011085, "DS", 3),
        ("MRSeriesNucleus", 0x20011087, "SH", "1H"),
        ("MRSeriesNumberOfAverages", 0x20011088, "DS", 1),
        ("MRSeriesTransmittingCoil", 0x2001108B, "SH", "B"),
        ("ExamCardName", 0x200110C8, "LO"),
    ),
    STACK,
    *_of(
        MR_1,
        ("MRCardiacGating", 0x20051012, "CS", "N"),
        ("MRSeriesDevelopmentMode", 0x20051013, "CS", "NO"),
        ("MRSeriesDiffusion", 0x20051014, "CS", "N"),
        ("MRFatSaturationTechnique", 0x20051015, "CS", "N"),
        ("MRFlowCompensation", 0x20051016, "CS", "N"),
        ("MRMagnetTransferConst", 0x2005101C, "CS", "N"),
        ("MRMeasurementScanResolution", 0x2005101D, "SS"),
        ("NumberOfChemicalShift", 0x20051020, "SL", 0),
        ("MRNumberOfMixes", 0x20051021, "SS", 1),
        ("MRPackageMode", 0x20051027, "CS", "MINIMUM"),
        ("MRPercentScanComplete", 0x2005102B, "SS", 100),
        ("MRSpatialPresaturation", 0x2005102F, "CS", "N"),
        ("MRSeriesRepetitionTime", 0x20051030, "FL"),
        ("MRSeriesScanDuration", 0x20051033, "FL"),
        ("MRSeriesDataType", 0x20051035, "CS", "PIXEL"),
        ("MRSeriesIsCardiac", 0x20051036, "CS", "N"),
        ("MRSeriesIsSpectro", 0x20051037, "CS", "N"),
        ("MRStudySequenceNumber", 0x20051060, "IS", -1),
        ("MRSeriesAcquisitionTypePrivate", 0x2005106F, "CS", "MS"),
        ("MRIsCOCA", 0x200510A2, "CS", "N"),
    ),
    *_of(MR_2, ("MRNumberOfRequestExcerpts", 0x20051199, "UL", 0)),
    *_of(MR_3, ("MRNoOfFilmConsumption", 0x20051201, "UL", 0)),
    *_of(MR_4, ("MRSpectroSIB0Correction", 0x20051325, "CS", "N")),
    *_of(
        MR_5,
        ("MRVolumeViewEnabled", 0x20051400, "CS", "YES"),
        ("MRSeriesNrOfDiffBValues", 0x20051414, "SL", 1),
        ("MRSeriesNrOfDiffGradOrients", 0x20051415, "SL", 1),
        ("MRSeriesPlanMode", 0x20051416, "CS", "MAN"),
        ("MRSeriesNrOfLabelTypes", 0x20051428, "SL", 0),
        ("DataDictionaryContentsVersion", 0x2005143A, "LT", "datadefs $Revision: 57.0 $"),
        ("MRIsCoilSurvey", 0x2005143B, "CS", "N"),
        ("TFEFactor", 0x20051444, "IS", 1),
        ("IsB0Series", 0x2005144D, "CS", "N"),
        ("IsB1Series", 0x2005144E, "CS", "N"),
    ),
    *_of(
        MR_6,
        ("SagittalSliceOrder", 0x20051563, "CS", "LR"),
        ("CoronalSliceOrder", 0x20051564, "CS", "PA"),
        ("TransversalSliceOrder", 0x20051565, "CS", "FH"),
    ),
)

METABOLITE_MAP = Group(
    "MRMetaboliteMapSequence", 0x00189152, (Row("MetaboliteMapDescription", 0x00189080, "ST", "WATER"),)
)

PRIVATE_SHARED = Group(
    "PrivateSharedSq",
    0x2005140E,
    (
        Row("InstanceCreatorUID", 0x00080014, "UI", names=("CreatorUID",)),
        Row("SOPClassUID", 0x00080016, "UI", local=True),
        Row("NumberOfPhaseEncodingSteps", 0x00180089, "IS"),
        Row("MultipleSpinEcho", 0x00189011, "CS", "NO"),
        Row("Spoiling", 0x00189016, "CS", "RF"),
        Row("TagAngleFirstAxis", 0x00189019, "FD", local=True),
        Row("TagSpacingFirstDimension", 0x00189030, "FD", local=True),
        Row("RectilinearPhaseEncodeReordering", 0x00189034, "CS", local=True),
        Row("TagThickness", 0x00189035, "FD", local=True),
        Row("PartialFourierDirection", 0x00189036, "CS", local=True),
        Row("DecoupledNucleus", 0x00189060, "CS", local=True),
        Row("DecouplingMethod", 0x00189062, "CS", local=True),
        Row("ParallelReductionFactorInPlane", 0x00189069, "FD", 1),
        Row("ParallelAcquisitionTechnique", 0x00189078, "CS", local=True),
        Row("PartialFourier", 0x00189081, "CS", local=True),
        Row("CardiacSignalSource", 0x00189085, "CS", local=True),
        Row("CoverageOfKSpace", 0x00189094, "CS", local=True),
        Row("TransmitterFrequency", 0x00189098, "FD", names=("ImagingFrequency",)),
        Row("ParallelReductionFactorOutOfPlane", 0x00189155, "FD", local=True),
        Row("ParallelReductionFactorSecondInPlane", 0x00189168, "FD", local=True),
        Row("CardiacBeatRejectionTechnique", 0x00189169, "CS", local=True),
        Row("RespiratorySignalSource", 0x00189171, "CS", "NONE"),
        Row("GradientOutput", 0x00189182, "FD", 54.740165710449219),
        Row("FlowCompensationDirection", 0x00189183, "CS", local=True),
        Row("TagSpacingSecondDimension", 0x00189218, "FD", local=True),
        Row("ImageComments", 0x00204000, "LT", local=True),
    ),
    creator=MR_5,
)

PRIVATE_PER_FRAME = Group(
    "PrivatePerFrameSq",
    0x2005140F,
    (
        Row("ImageType", 0x00080008, "CS", local=True),
        Row("SOPInstanceUID", 0x00080018, "UI", local=True),
        Row("ContentDate", 0x00080023, "DA"),
        Row("ContentTime", 0x00080033, "TM"),
        Row("ContrastBolusAgent", 0x00180010, "LO", ""),
        Row("ScanningSequence", 0x00180020, "CS", "GR"),
        Row("SequenceVariant", 0x00180021, "CS", "SP"),
        Row("MRAcquisitionType", 0x00180023, "CS", "2D"),
        Row("SliceThickness", 0x00180050, "DS"),
        Row("EchoTime", 0x00180081, "DS", names=("EffectiveEchoTime",)),
        Row("InversionTime", 0x00180082, "DS", 0),
        Row("NumberOfAverages", 0x00180083, "DS", 1),
        Row("ImagingFrequency", 0x00180084, "DS"),
        Row("ImagedNucleus", 0x00180085, "SH", "1H"),
        Row("EchoNumbers", 0x00180086, "IS", 1),
        Row("SpacingBetweenSlices", 0x00180088, "DS"),
        Row("EchoTrainLength", 0x00180091, "IS", 1),
        Row("TriggerTime", 0x00181060, "DS", names=("NominalCardiacTriggerDelayTime",)),
        Row("LowRRValue", 0x00181081, "IS", 0),
        Row("HighRRValue", 0x00181082, "IS", 0),
        Row("IntervalsAcquired", 0x00181083, "IS", 0),
        Row("IntervalsRejected", 0x00181084, "IS", 0),
        Row("HeartRate", 0x00181088, "IS", 0),
        Row("TransmitCoilName", 0x00181251, "SH", "B"),
        Row("AcquisitionMatrix", 0x00181310, "US"),
        Row("FlipAngle", 0x00181314, "DS"),
        Row("KSpaceFiltering", 0x00189064, "CS", "RIESZ"),
        Row("DiffusionAnisotropyType", 0x00189147, "CS", ""),
        Row("AcquisitionNumber", 0x00200012, "IS"),
        Row("InstanceNumber", 0x00200013, "IS", local=True),
        Row("ImagePositionPatient", 0x00200032, "DS"),
        Row("TemporalPositionIdentifier", 0x00200100, "IS", names=("TemporalPositionIndex",)),
        Row("NumberOfTemporalPositions", 0x00200105, "IS", 1),
        Row("PixelSpacing", 0x00280030, "DS"),
        Row("WindowCenter", 0x00281050, "DS"),
        Row("WindowWidth", 0x00281051, "DS"),
        Row("RescaleIntercept", 0x00281052, "DS"),
        Row("RescaleSlope", 0x00281053, "DS"),
        Row("RescaleType", 0x00281054, "LO", "normalized"),
        *_of(
            IMAGING_1,
            ("ChemicalShift", 0x20011001, "FL", 0),
            ("ChemicalShiftNumberMR", 0x20011002, "IS", 0),
            ("MRImageDiffusionBFactor", 0x20011003, "FL", 0),
            ("DiffusionDirection", 0x20011004, "CS", ""),
            ("ImageEnhanced", 0x20011006, "CS", "N"),
            ("MRImageTypeEDES", 0x20011007, "CS", "U"),
            ("MRImagePhaseNumber", 0x20011008, "IS", 1),
            ("MRImagePrepulseDelay", 0x20011009, "FL", 0),
            ("ImagePlaneNumber", 0x2001100A, "IS"),
            ("SliceOrientation", 0x2001100B, "CS", ""),
            ("Private_2001_1052", 0x20011052, "UI"),
            ("ProspectiveMotionCorrection", 0x200110F1, "FL", (0, 0, 0, 0, 0, 0)),
        ),
        *_of(
            MR_1,
            ("MRImageDisplayOrientation", 0x20051004, "CS", "NONE"),
            ("MRMaxFP", 0x2005100B, "FL"),
            ("MRMinFP", 0x2005100C, "FL"),
            ("MRScaleIntercept", 0x2005100D, "FL"),
            ("MRScaleSlope", 0x2005100E, "FL"),
            ("MRImageTypeMR", 0x20051011, "CS"),
            ("MRImagePrepulseType", 0x20051061, "CS", "NO"),
            ("MRfMRIStatusIndication", 0x20051063, "SS", 0),
            ("MRImageScanningSequencePrivate", 0x2005106E, "CS"),
            ("MRImageDynamicScanBeginTime", 0x200510A0, "FL", 0),
            ("SyncraScanType", 0x200510A1, "CS", "SENSE"),
            ("MRPrivateInversionTime", 0x200510A8, "DS", 0),
            ("DiffusionDirectionX", 0x200510B0, "FL", 0),
            ("DiffusionDirectionY", 0x200510B1, "FL", 0),
            ("DiffusionDirectionZ", 0x200510B2, "FL", 0),
        ),
        *_of(
            MR_5,
            ("MRNrOfSpecificCharacterSet", 0x20051407, "SS", 1),
            ("MRImageDiffBValueNumber", 0x20051412, "IS", 1),
            ("MRImageGradientOrientationNumber", 0x20051413, "IS", 1),
            ("MRImageLabelType", 0x20051429, "CS", ""),
            ("ImageVelocityEncodingDirection", 0x20051455, "FD"),
        ),
        *_of(
            MR_6,
            ("MREMotionMegPhaseDelay", 0x20051561, "FL", 0),
            ("MREPhaseDelayNumber", 0x20051568, "IS"),
            ("InversionDelayTime", 0x20051572, "FL", 0),
            ("InversionDelayNumber", 0x20051573, "IS", 0),
            ("DiffusionOrder", 0x20051596, "IS", 0),
        ),
    ),
    needs="MRImageTypeMR",
    creator=MR_5,
)
