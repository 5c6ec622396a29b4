"""One run: a source connected, with its sites, calibration, self-trial, recording and sinks."""
