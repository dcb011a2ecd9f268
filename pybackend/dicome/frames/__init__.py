"""Frame table, axes, grid, geometry, scaling: numpy only, no files."""
