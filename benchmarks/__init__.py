"""The measurements of the mock beside its peers, in one run."""
