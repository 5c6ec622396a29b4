"""A guided session: the engine, its steps and goals, scores and outcome."""
