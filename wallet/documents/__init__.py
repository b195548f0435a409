"""Documents for people: what an institution prints, signed, and bound to the credentials it tells of.

What is printed is first a text of its own, a `Printed` (`wallet.documents.printed`): every word of it, in order, in
one language or two, under the institution's signature. The PDF is set from that text alone, and carries it, together
with the credentials. So whoever holds the file can ask both whether the credentials hold and whether the paper says
what was signed (`wallet.documents.verifying`).
"""
