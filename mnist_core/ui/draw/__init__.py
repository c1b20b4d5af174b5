"""The pad and everything that it moves.

evidence   the stored figures, as tables and diagrams
pictures   the route that takes pictures
own_test   the visitor's own twenty digits
tab        what its scripts call
"""
