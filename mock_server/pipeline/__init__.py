"""The way of a request, from the bytes that arrive to the bytes that leave."""
