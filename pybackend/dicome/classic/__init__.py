"""Single-frame (classic) DICOM: the headers of many files to one frame table, and to one image."""
