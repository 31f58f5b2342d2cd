"""Commands that judge what a seed draws: their options, and one run of all that they share."""
