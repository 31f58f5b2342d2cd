"""The rules, one file a clause: each test shows its precondition to hold, then makes one violation."""
