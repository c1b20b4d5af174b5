"""The class tab, and what its screens ask the server: one module for each who asks.

calls           what a call is
device_calls    what pupils' devices and the wall ask
teacher_calls   what the teacher's screens ask
lesson_calls    what takes a network or a file: guesses, training, the class's drawings
place_calls     where devices find this server, and who may open a room on it
route           all of them at one address
tab             the tab itself
"""
