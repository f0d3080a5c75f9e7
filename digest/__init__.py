"""`digest`: the static site generator for curated news digests, Arabic and right-to-left first."""

__version__ = "0.1.0"
