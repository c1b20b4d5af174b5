"""Files as others write them: IDX, what compress packs, and the hashes that are published of MNIST's."""

import hashlib
import struct

import numpy as np


def as_idx(array):
    """The bytes of an IDX file, put together from the description of the format."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(struct.pack(">I", side) for side in array.shape)
    return head + array.astype(np.uint8).tobytes()


def published_hash(array):
    """SHA-256 of an IDX file, put together from the description of the format."""
    return hashlib.sha256(as_idx(array)).hexdigest()


class Packer:
    """Writes codes as Unix' compress does: in groups of eight, which are filled up when the width of codes changes."""

    def __init__(self, most_bits, block_mode):
        self.packed = bytearray([0x1F, 0x9D, most_bits | 0x80 * block_mode])
        self._most_bits, self._group = most_bits, []
        self._narrow()

    def put(self, code, num_known):
        """Writes a code; `num_known` is how many there are."""
        self._group.append(code)
        if len(self._group) == 8:
            self.flush()
        if num_known > self._widest:
            self.flush(fill=True)
            self._bits += 1
            self._widest = 1 << self._bits if self._bits == self._most_bits else (1 << self._bits) - 1

    def clear(self):
        """Writes the code that throws the table away."""
        self._group.append(256)
        self.flush(fill=True)
        self._narrow()

    def flush(self, fill=False):
        number = sum(code << index * self._bits for index, code in enumerate(self._group))
        length = self._bits if fill and self._group else -(-len(self._group) * self._bits // 8)
        self.packed.extend(number.to_bytes(length, "little"))
        self._group.clear()

    def _narrow(self):
        self._bits, self._widest = 9, 511


def pack_z(content, most_bits=16, block_mode=True, clear_every=None):
    """Packs with a table of sequences that grows until it is full, or is thrown away after every so many codes."""
    packer, singles, first_free = Packer(most_bits, block_mode), [bytes([value]) for value in range(256)], 256
    first_free += block_mode
    table, free = dict(zip(singles, range(256), strict=True)), first_free
    known, since_clear = b"", 0
    for value in content:
        longer = known + singles[value]
        if longer in table:
            known = longer
            continue
        packer.put(table[known], free)
        if free < 1 << most_bits:
            table[longer] = free
            free += 1
        known, since_clear = singles[value], since_clear + 1
        if since_clear == clear_every:
            table, free, since_clear = dict(zip(singles, range(256), strict=True)), first_free, 0
            packer.clear()
    if known:
        packer.put(table[known], free)
    packer.flush()
    return bytes(packer.packed)
