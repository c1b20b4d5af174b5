"""The class tab: a lesson in one room, on the pupils' devices, the wall and the teacher's screen.

calls    what these screens ask: one route, JSON both ways
tab      the tab, built by its scripts
"""
