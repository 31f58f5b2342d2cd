"""The console: static pages below `/_mock/` that use the control API and the API itself."""
