"""The report of the figures: results as data, a page, a picture."""
