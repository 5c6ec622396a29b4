"""Where sensors go, whether their signal is good, and what was calibrated there."""
