"""From the bytes of a site's own files to checked, frozen values, with every mistake found named by file, line and column."""
