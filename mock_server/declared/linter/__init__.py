"""Problems of a contract's declarations whose words are each right, found before a server starts."""
