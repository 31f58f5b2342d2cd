"""What can be done to objects, in any order and at once, and what everybody is shown of it."""
