"""The changes of a contract that break something: for the clients of a server, and for the servers themselves."""
