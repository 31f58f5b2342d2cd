"""The decorators of defects that need more of the mock than the hooks alone."""
