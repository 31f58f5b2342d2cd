"""`python -m examples.second_server`."""

from examples.second_server.cli import main

main()
