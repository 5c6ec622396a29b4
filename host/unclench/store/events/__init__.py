"""Events: what happened, as typed facts; their words; their row of events.csv."""
