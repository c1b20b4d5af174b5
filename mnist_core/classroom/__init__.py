"""A class in one room: pupils with devices, what they draw and answer, and what every screen shows.

All of it lies in one SQLite file, which several servers may share, until the teacher ends the room or four hours have
passed. Nothing here knows Gradio, the network or a neural network: what one reads is handed in as values. Functions
take an open transaction of `database` first; `services.rooms` is the thread-safe way in, and says who may do what.

animals      names for pupils who type none
codes        codes that are typed, tokens that are not
strokes      ink -> what is kept of it: no pen timing
activities   what a class does, step by step
database     the one file
rooms        opened by a teacher, found by code or token, ended
rounds       an activity that runs in a room
pupils       their animals and devices: joining, passing on, coming back
drawings     each arrives once, and waits or is shown
answers      what pupils commit to: guesses, votes, the three questions
class_set    the labelled drawings, in two halves of pupils
views        drawings and counts as screens show them
snapshots    all that a device, the wall or the teacher sees
"""
