"""Which stories a reader of one would open next, and which are the same report at another outlet.

`README.md` in this folder has the formula and the path of the data;
`docs/explanation/related.md` has the measure of the method.
"""
