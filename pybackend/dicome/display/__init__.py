"""Looking at an image quickly: in a window, in a terminal, as a picture."""
