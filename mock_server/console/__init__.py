"""The console: static pages below `/_mock/` that use the control API and the API itself."""

from mock_server.console.pages import Console

__all__ = ["Console"]
