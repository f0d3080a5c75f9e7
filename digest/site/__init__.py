"""The build: publication, workers, the way from folder to site."""
