"""Resources that the contract declares in `x-resource-types`: their collections and their plain operations."""
