"""Search: the index that readers' browsers load, and the ranking they do, in Python."""
