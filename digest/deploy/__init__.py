"""Put the finished site online: manifest → plan → target."""
