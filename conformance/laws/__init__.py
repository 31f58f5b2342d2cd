"""The tests of what holds of any API: a document that has no rules of its own is judged by them."""
