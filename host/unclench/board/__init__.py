"""A board as a thing to be looked after: installing its firmware, checking it, calibrating it."""
