"""`python -m mock_server` is `evershell-mock`."""

from mock_server.cli import main

main()
