"""The results of a run as data, and the reports of them."""
