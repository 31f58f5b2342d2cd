"""The control API and the suite as tools of the Model Context Protocol, for coding agents."""
