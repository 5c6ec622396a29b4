"""A guided session: the engine, its course and goals, scores and outcome."""
