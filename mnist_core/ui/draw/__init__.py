"""The pad and everything that it moves.

evidence   the stored figures, as tables and diagrams
own_test   the visitor's own twenty digits
tab        what its scripts call
"""
