"""The index of entries, and relations between them."""
