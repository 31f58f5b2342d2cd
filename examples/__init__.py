"""Examples beside the two programs: nothing of them imports these, and these import neither."""
