"""Building: what is stale is rendered and written."""
