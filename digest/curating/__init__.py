"""The editor's day: pages and feeds of other sites become drafts. The only room that fetches what others wrote."""
