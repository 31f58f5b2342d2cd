"""Views of a run's results: nothing is judged here, everything shown stands in the Run."""
