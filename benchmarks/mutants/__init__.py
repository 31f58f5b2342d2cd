"""The share of planted defects that the suite finds, by which of its parts, and the rules that it blames."""
