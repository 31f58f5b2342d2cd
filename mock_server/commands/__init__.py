"""The commands of `evershell-mock`, a module each, imported when it is called."""
