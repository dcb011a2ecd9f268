"""Bytes to elements: transfer syntax, scan, layouts, values, dictionary, pixels, file."""
