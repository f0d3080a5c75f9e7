"""Putting the finished site online: manifest → plan → target."""
