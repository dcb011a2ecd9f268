"""Classic (single-frame) files to one enhanced file, with PAR/REC or without, and back; comparison of two files."""
