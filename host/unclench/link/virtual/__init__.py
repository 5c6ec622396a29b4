"""The virtual board: the firmware's wire code over a synthetic muscle or a recording."""
