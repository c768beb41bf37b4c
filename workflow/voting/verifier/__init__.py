"""The independent verifier of a published result: one file that shares no code with the rest."""
