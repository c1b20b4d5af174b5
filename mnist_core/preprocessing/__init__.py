"""Strokes and pixels -> 28x28 images, the way MNIST was made.

opencv      the library that draws and filters
ink         pen strokes -> an image
groups      pen strokes of a whole number -> pieces that digits are made of
decoding    picture files -> decoded pictures
picture     pixels of any size -> an image
steps       pen strokes -> an image, one step at a time, each of which can be left out
timeline    pen strokes -> the images that were there on the way
"""
