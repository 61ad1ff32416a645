"""The GitHub side, where the official provider leaves a gap: secrets sealed without the engine."""
