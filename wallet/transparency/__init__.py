"""The transparency log: a Merkle tree over everything the ledger holds, and signed words about it.

A hash chain shows that nothing was changed in the middle. It cannot show that the end is missing, or that two
readers were told two histories. A checkpoint can: the size and the root of the tree, signed. Whoever keeps one
can ask for a proof that a later tree still begins with it.

What is logged of an event (`wallet.transparency.entries`) are two digests and nothing else: the log may be
copied by anybody, for ever, and tells nobody who learnt what.
"""
