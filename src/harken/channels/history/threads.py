"""Conversations of a whole archive: letters that name each other, or a common ancestor that is not there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from harken.tickets.models.message import hash_of


class Threads:
    """Ids (RFC 5322, 3.6.4) gathered into conversations; of each id only a 64-bit hash is kept."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def add(self, ids: Sequence[str]) -> None:
        """Take in the ids that a letter goes by and refers to; all of them before anybody asks for relatives."""
        self._join([hash_of(each) for each in ids])

    def relatives_of(self, ids: Sequence[str]) -> Sequence[int]:
        """Return the hashes of all ids of the conversation that a letter with these ids belongs to."""
        return self._members[self._root(hash_of(ids[0]))] if ids else ()

    @cached_property
    def _members(self) -> Mapping[int, Sequence[int]]:
        members: defaultdict[int, list[int]] = defaultdict(list)
        for each in self._parent:
            members[self._root(each)].append(each)
        return members

    def _join(self, hashes: Sequence[int]) -> None:
        for each in hashes:
            self._parent.setdefault(each, each)
        for each in hashes[1:]:
            self._parent[self._root(each)] = self._root(hashes[0])

    def _root(self, each: int) -> int:
        root = each
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[each] != root:
            self._parent[each], each = root, self._parent[each]
        return root
