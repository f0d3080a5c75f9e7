"""The index of entries and the questions pages may ask of it."""
