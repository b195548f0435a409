"""The addresses: one file for each noun."""
