"""Rules of what an org keeps for itself: secrets, and the API keys that it gives out."""
