"""What is made of the figures: results as data, a page, a picture."""
