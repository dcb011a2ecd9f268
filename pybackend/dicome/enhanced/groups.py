"""Functional groups of Enhanced MR Image Storage (PS3.3 C.7.6.16.2 and C.8.13.5), as tables.

Which of them stand in the shared and which in the per-frame sequence is the vendor's habit: see `layouts`.
"""

from __future__ import annotations

from dicome.enhanced.template import Group, Row

OPERATING_MODES = [
    [(0x00189177, "CS", "STATIC FIELD"), (0x00189178, "CS", "IEC_FIRST_LEVEL")],
    [(0x00189177, "CS", "RF"), (0x00189178, "CS", "IEC_NORMAL")],
    [(0x00189177, "CS", "GRADIENT"), (0x00189178, "CS", "IEC_NORMAL")],
]

UNITS = Group(
    "MeasurementUnitsCodeSequence",
    0x004008EA,
    (
        Row("CodeValue", 0x00080100, "SH", names=("UnitCode",)),
        Row("CodingSchemeDesignator", 0x00080102, "SH", "UCUM"),
        Row("CodeMeaning", 0x00080104, "LO", names=("UnitMeaning",)),
        Row("ContextUID", 0x00080117, "UI", local=True),
    ),
    needs="CodeValue",
)

GROUPS: tuple[Group, ...] = (
    Group(
        "MRImagingModifierSequence",
        0x00189006,
        (
            Row("PixelBandwidth", 0x00180095, "DS", 1008),
            Row("MagnetizationTransfer", 0x00189020, "CS", "NONE"),
            Row("BloodSignalNulling", 0x00189022, "CS", "NO"),
            Row("Tagging", 0x00189028, "CS", "NONE"),
            Row("TransmitterFrequency", 0x00189098, "FD", names=("ImagingFrequency",)),
        ),
    ),
    Group(
        "MRReceiveCoilSequence",
        0x00189042,
        (
            Row("ReceiveCoilName", 0x00181250, "SH", "MULTI COIL"),
            Row("ReceiveCoilManufacturerName", 0x00189041, "LO", ""),
            Row("ReceiveCoilType", 0x00189043, "CS", "MULTICOIL"),
            Row("QuadratureReceiveCoil", 0x00189044, "CS", "NO"),
            Group(
                "MultiCoilDefinitionSequence",
                0x00189045,
                (
                    Row("MultiCoilElementName", 0x00189047, "SH", "MULTI ELEMENT"),
                    Row("MultiCoilElementUsed", 0x00189048, "CS", "YES"),
                ),
            ),
        ),
    ),
    Group(
        "MRTransmitCoilSequence",
        0x00189049,
        (
            Row("TransmitCoilName", 0x00181251, "SH", "B"),
            Row("TransmitCoilManufacturerName", 0x00189050, "LO", ""),
            Row("TransmitCoilType", 0x00189051, "CS", "BODY"),
        ),
    ),
    Group(
        "MRSpatialSaturationSequence",
        0x00189107,
        (
            Row("SlabThickness", 0x00189104, "FD"),
            Row("SlabOrientation", 0x00189105, "FD"),
            Row("MidSlabPosition", 0x00189106, "FD"),
        ),
        needs="SlabThickness",
    ),
    Group(
        "MRTimingAndRelatedParametersSequence",
        0x00189112,
        (
            Row("RepetitionTime", 0x00180080, "DS"),
            Row("EchoTrainLength", 0x00180091, "IS", 1),
            Row("FlipAngle", 0x00181314, "DS"),
            Row("OperatingModeSequence", 0x00189176, "SQ", OPERATING_MODES),
            Row("GradientOutputType", 0x00189180, "CS", "DB_DT"),
            Row("GradientOutput", 0x00189182, "FD", 54.740165710449219),
            Group(
                "SpecificAbsorptionRateSequence",
                0x00189239,
                (
                    Row("SpecificAbsorptionRateDefinition", 0x00189179, "CS", "IEC_WHOLE_BODY"),
                    Row("SpecificAbsorptionRateValue", 0x00189181, "FD", 0.015596739947795868),
                ),
            ),
            Row("RFEchoTrainLength", 0x00189240, "US", 0),
            Row("GradientEchoTrainLength", 0x00189241, "US", 1),
        ),
    ),
    Group("MREchoSequence", 0x00189114, (Row("EffectiveEchoTime", 0x00189082, "FD", names=("EchoTime",)),)),
    Group(
        "MRModifierSequence",
        0x00189115,
        (
            Row("InversionRecovery", 0x00189009, "CS", "NO"),
            Row("InversionTimes", 0x00189079, "FD"),
            Row("FlowCompensation", 0x00189010, "CS", "NONE"),
            Row("Spoiling", 0x00189016, "CS", "RF"),
            Row("T2Preparation", 0x00189021, "CS", "NO"),
            Row("SpectrallySelectedExcitation", 0x00189026, "CS", "NONE"),
            Row("SpatialPresaturation", 0x00189027, "CS", "NONE"),
            Row("PartialFourierDirection", 0x00189036, "CS", local=True),
            Row("ParallelReductionFactorInPlane", 0x00189069, "FD", local=True),
            Row("ParallelAcquisition", 0x00189077, "CS", "NO"),
            Row("ParallelAcquisitionTechnique", 0x00189078, "CS", local=True),
            Row("PartialFourier", 0x00189081, "CS", "NO"),
            Row("ParallelReductionFactorOutOfPlane", 0x00189155, "FD", local=True),
            Row("ParallelReductionFactorSecondInPlane", 0x00189168, "FD", local=True),
            Row("FlowCompensationDirection", 0x00189183, "CS", local=True),
        ),
    ),
    Group(
        "MRDiffusionSequence",
        0x00189117,
        (
            Row("DiffusionDirectionality", 0x00189075, "CS"),
            Group(
                "DiffusionGradientDirectionSequence",
                0x00189076,
                (Row("DiffusionGradientOrientation", 0x00189089, "FD"),),
            ),
            Row("DiffusionBValue", 0x00189087, "FD"),
            Group(
                "DiffusionBMatrixSequence",
                0x00189601,
                tuple(
                    Row(f"DiffusionBValue{axes}", 0x00189602 + k, "FD")
                    for k, axes in enumerate(("XX", "XY", "XZ", "YY", "YZ", "ZZ"))
                ),
            ),
        ),
    ),
    Group(
        "CardiacSynchronizationSequence",
        0x00189118,
        (
            Row("NominalCardiacTriggerDelayTime", 0x00209153, "FD", names=("TriggerTime",)),
            Row("RRIntervalTimeNominal", 0x00209251, "FD"),
        ),
        needs="NominalCardiacTriggerDelayTime",
    ),
    Group("MRAveragesSequence", 0x00189119, (Row("NumberOfAverages", 0x00180083, "DS", 1),)),
    Group(
        "MRFOVGeometrySequence",
        0x00189125,
        (
            Row("PercentSampling", 0x00180093, "DS", 100),
            Row("PercentPhaseFieldOfView", 0x00180094, "DS", 100),
            Row("InPlanePhaseEncodingDirection", 0x00181312, "CS", "COLUMN"),
            Row("MRAcquisitionFrequencyEncodingSteps", 0x00189058, "US"),
            Row("MRAcquisitionPhaseEncodingStepsInPlane", 0x00189231, "US"),
            Row("MRAcquisitionPhaseEncodingStepsOutOfPlane", 0x00189232, "US", 1),
        ),
    ),
    Group(
        "MRImageFrameTypeSequence",
        0x00189226,
        (
            Row("FrameType", 0x00089007, "CS", names=("ImageType",)),
            Row("PixelPresentation", 0x00089205, "CS", "MONOCHROME"),
            Row("VolumetricProperties", 0x00089206, "CS", "VOLUME"),
            Row("VolumeBasedCalculationTechnique", 0x00089207, "CS", "NONE"),
            Row("ComplexImageComponent", 0x00089208, "CS", "MAGNITUDE"),
            Row("AcquisitionContrast", 0x00089209, "CS", "UNKNOWN"),
        ),
    ),
    Group(
        "FrameAnatomySequence",
        0x00209071,
        (
            Group(
                "AnatomicRegionSequence",
                0x00082218,
                (
                    Row("CodeValue", 0x00080100, "SH", "69536005", names=("AnatomyCode",)),
                    Row("CodingSchemeDesignator", 0x00080102, "SH", "SCT", names=("AnatomyScheme",)),
                    Row("CodeMeaning", 0x00080104, "LO", "Head", names=("AnatomyMeaning",)),
                    Row("ContextUID", 0x00080117, "UI", local=True),
                ),
            ),
            Row("FrameLaterality", 0x00209072, "CS", "U"),
        ),
    ),
    Group(
        "FrameContentSequence",
        0x00209111,
        (
            Row("FrameAcquisitionDateTime", 0x00189074, "DT"),
            Row("FrameReferenceDateTime", 0x00189151, "DT"),
            Row("FrameAcquisitionDuration", 0x00189220, "FD"),
            Row("StackID", 0x00209056, "SH"),
            Row("InStackPositionNumber", 0x00209057, "UL"),
            Row("TemporalPositionIndex", 0x00209128, "UL"),
            Row("FrameAcquisitionNumber", 0x00209156, "US"),
            Row("DimensionIndexValues", 0x00209157, "UL"),
        ),
    ),
    Group("PlanePositionSequence", 0x00209113, (Row("ImagePositionPatient", 0x00200032, "DS"),)),
    Group("PlaneOrientationSequence", 0x00209116, (Row("ImageOrientationPatient", 0x00200037, "DS"),)),
    Group(
        "PixelMeasuresSequence",
        0x00289110,
        (
            Row("SliceThickness", 0x00180050, "DS"),
            Row("SpacingBetweenSlices", 0x00180088, "DS"),
            Row("PixelSpacing", 0x00280030, "DS"),
        ),
    ),
    Group(
        "FrameVOILUTSequence",
        0x00289132,
        (Row("WindowCenter", 0x00281050, "DS"), Row("WindowWidth", 0x00281051, "DS")),
    ),
    Group(
        "PixelValueTransformationSequence",
        0x00289145,
        (
            Row("RescaleIntercept", 0x00281052, "DS"),
            Row("RescaleSlope", 0x00281053, "DS"),
            Row("RescaleType", 0x00281054, "LO", "US"),
        ),
        needs="RescaleSlope",
    ),
    Group(
        "RealWorldValueMappingSequence",
        0x00409096,
        (
            Row("LUTExplanation", 0x00283003, "LO", "Real World Value Mapping"),
            UNITS,
            Row("LUTLabel", 0x00409210, "SH", "Philips"),
            Row("RealWorldValueLastValueMapped", 0x00409211, "US", 4095),
            Row("RealWorldValueFirstValueMapped", 0x00409216, "US", 0),
            Row("RealWorldValueIntercept", 0x00409224, "FD"),
            Row("RealWorldValueSlope", 0x00409225, "FD"),
        ),
        needs="RealWorldValueSlope",
    ),
)
