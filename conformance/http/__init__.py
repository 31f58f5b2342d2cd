"""Requests and answers, and the one client that sends them."""
