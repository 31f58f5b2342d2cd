"""How deviations are planted in the pipeline: decorators of what a wrong function stands in the place of."""
