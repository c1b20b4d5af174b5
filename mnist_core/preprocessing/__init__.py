"""Strokes and pixels -> 28x28 images, the way MNIST was made.

ink         pen strokes -> an image
file_kinds  what a file is by its first bytes
decoding    picture files -> decoded pictures
picture     pixels of any size -> an image
steps       pen strokes -> an image, one step at a time, each of which can be left out
timeline    pen strokes -> the images that were there on the way
"""
