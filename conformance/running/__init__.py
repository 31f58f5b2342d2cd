"""The parts that pytest needs to run the suite: selection, binding, processes, outcomes."""
