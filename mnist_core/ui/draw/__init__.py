"""The pad and everything that it moves.

evidence   the stored figures, as tables and diagrams
classify   a drawing -> what the page is told
line       the live line: ink in, answers out, by a WebSocket
pictures   the route that takes pictures
own_test   the visitor's own twenty digits
tab        what its scripts call
"""
