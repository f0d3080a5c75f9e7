"""The signatures of all articles in one table, and the postings of their terms."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from itertools import compress

import msgspec

from digest.linking.related.ranking import Postings
from digest.linking.related.vectors import SIGNATURE, Vector

WIDE = 400_000
"""Hashes of a table from which numpy finds postings sooner, its import counted."""
NO_HASHES = array("I", [0] * SIGNATURE)


class SignatureTable(msgspec.Struct, frozen=True):
    """The beginning of every article's vector, in order of rank."""

    hashes: array[int]
    """`SIGNATURE` hashes an article, the weightiest terms first, padded with 0."""
    weights: bytes
    """One weight for each hash; 0 only where there is no term."""
    self_products: array[int]
    """Each whole vector's product with itself."""

    def of(self, rank: int) -> Vector:
        """The signature of one article."""
        part = slice(rank * SIGNATURE, (rank + 1) * SIGNATURE)
        weights = self.weights[part].rstrip(b"\0")
        return Vector(self.hashes[part][: len(weights)], weights)

    def terms(self, ranks: Iterable[int]) -> set[int]:
        """Every term in the signatures of some articles."""
        return {term for rank in ranks for term in self.of(rank).hashes}

    def postings(self, wanted: Collection[int]) -> dict[int, Postings]:
        """Term → the articles whose signature holds it, for every wanted term."""
        hashes, all_weights = self.hashes, self.weights
        if len(hashes) >= WIDE:
            from digest.linking.related.wide import places_of  # noqa: PLC0415 - numpy is imported only where it saves time

            held = places_of(hashes, all_weights, wanted)
            return {
                term: Postings([place // SIGNATURE for place in places], weights)
                for term, (places, weights) in held.items()
            }
        found: dict[int, tuple[list[int], list[int]]] = {term: ([], []) for term in wanted}
        for place in compress(range(len(hashes)), map(found.__contains__, hashes)):
            if all_weights[place]:
                ranks, weights = found[hashes[place]]
                ranks.append(place // SIGNATURE)
                weights.append(all_weights[place])
        return {term: Postings(ranks, weights) for term, (ranks, weights) in found.items()}


class TableBuilder:
    """Put a table together, rank by rank."""

    def __init__(self) -> None:
        self.hashes = array("I")
        self.weights = bytearray()
        self.self_products = array("I")

    def add(self, vector: Vector) -> None:
        """Append an article with a new vector."""
        missing = SIGNATURE - min(len(vector.weights), SIGNATURE)
        self.hashes += vector.hashes[:SIGNATURE] + NO_HASHES[:missing]
        self.weights += vector.weights[:SIGNATURE] + bytes(missing)
        self.self_products.append(vector.self_product)

    def copy(self, table: SignatureTable, first: int, last: int) -> None:
        """Append the articles of another table from rank `first` to `last`, both included."""
        part = slice(first * SIGNATURE, (last + 1) * SIGNATURE)
        self.hashes += table.hashes[part]
        self.weights += table.weights[part]
        self.self_products += table.self_products[first : last + 1]

    def table(self) -> SignatureTable:
        """The finished table."""
        return SignatureTable(self.hashes, bytes(self.weights), self.self_products)


def signature_table(vectors: Iterable[Vector]) -> SignatureTable:
    """The table of new vectors."""
    builder = TableBuilder()
    for vector in vectors:
        builder.add(vector)
    return builder.table()
