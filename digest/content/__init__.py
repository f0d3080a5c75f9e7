"""From the bytes of a site's own files to checked, frozen values; every mistake named by file, line and column."""
