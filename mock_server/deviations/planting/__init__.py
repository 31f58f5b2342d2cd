"""Decorators that plant deviations in the pipeline: each says what a wrong function stands in the place of."""
