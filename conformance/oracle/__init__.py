"""The oracle: the answers to expect, and the laws that hold over all of them."""
