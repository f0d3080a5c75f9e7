"""`digest serve`: files change → hints → what the files hold → a snapshot → a page on request → the browser."""
