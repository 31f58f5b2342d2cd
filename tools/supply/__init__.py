"""What this distribution is made of: the pins of its locks, their licences, and the bill of materials."""
