"""The resources made of what a contract declares, for those that have no home and beside those that have one."""
