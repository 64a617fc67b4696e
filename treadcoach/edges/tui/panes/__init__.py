"""The parts of a live screen, one a file. Each draws a frame, and redraws only what has changed."""
