"""Where sensors go, how good their signal is, and what was calibrated there."""
