"""The ledger: signed, chained events in one file, behind one port (`wallet.ledger.ledger.Ledger`)."""
