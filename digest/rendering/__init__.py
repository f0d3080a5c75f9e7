"""Templates, string tables, and the style sheets, scripts and fonts beside them."""
