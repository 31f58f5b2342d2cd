"""The console: the page below `/_mock/` by which a person sees and steers the mock.

It is static files: whatever it knows and does goes through the control API and the API itself.
"""

from mock_server.console.pages import Console

__all__ = ["Console"]
