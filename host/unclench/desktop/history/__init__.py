"""Sessions over weeks: is it getting lower, and what raises it."""
