"""The script: direction, cleaning, slugs, dates, digits, plurals, words, order; it knows nothing of the site."""
