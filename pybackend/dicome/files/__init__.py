"""Files on disk: series found below a folder, safe names for what becomes of them, many converted in one go."""
