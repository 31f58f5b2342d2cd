"""What a change of the contract breaks: for the clients of a server, and for the servers themselves."""
