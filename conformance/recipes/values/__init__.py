"""Kinds of values: grammars of formats, a table of values that are easily spoilt, and what a schema allows of them."""
