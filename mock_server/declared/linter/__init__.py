"""What is wrong with what a contract declares, though each of its words is right: found before a server starts."""
