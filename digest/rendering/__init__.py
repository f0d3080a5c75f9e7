"""Templates, string tables, the theme's static files."""
