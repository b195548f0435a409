"""The words of the wire: one file for each noun, with its bodies, its answers, and the way to the domain and back.

The domain's own functions check the values, so that there is one rule for each; a complaint points to the
member it is about.
"""
