"""One function for each kind of page, from values to its view."""
