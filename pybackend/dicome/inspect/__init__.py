"""Looking into DICOM files: fields by name, what differs between files or frames, dumps, lists, counts."""
