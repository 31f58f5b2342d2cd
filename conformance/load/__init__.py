"""The suite's own cases and walks as load: Locust's users take them, and the same laws and oracle judge each answer."""
