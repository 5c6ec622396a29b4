"""Bench acceptance: measure step by step, judge, and keep the results as data and as a page."""
