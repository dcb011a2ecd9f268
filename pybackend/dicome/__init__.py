"""dicome: enhanced-MR DICOM in the right order and with the right dimensions."""

__version__ = "0.1.0"
