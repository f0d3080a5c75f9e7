"""Which stories a reader of one would open next, and which are the same report elsewhere.

The way of a story: its terms (`digest.linking.terms`) → how rare each term is on this site (`statistics`) → a vector of
its weightiest terms (`vectors`) → candidates that share the strongest of them, ranked by all of them (`ranking`, and
`arrays` for many at once, with equal results) → the list a page shows (`choice`). `memory` keeps all of it from one
build to the next and makes anew what a change touches. The method and its measure: `docs/related.md`.
"""
