"""The contract, compiled once into frozen values."""
