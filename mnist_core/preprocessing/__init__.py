"""Strokes and pixels -> 28x28 images, the way MNIST was made.

opencv      OpenCV, as this program uses it
ink         pen strokes -> an image
groups      pen strokes of a whole number -> pieces that digits are made of
file_kinds  what a file is by its first bytes
decoding    picture files -> decoded pictures
fitting     ink of any size -> an image
parts       connected parts of ink, and those that are no part of a digit
paper       brightness -> ink
sheets      where on a picture the paper is
repairs     damaged pictures -> what was there before
picture     pixels of any size -> an image
answer_sheet  a photo of a sheet that a pupil has filled in -> digits with labels
picture_groups  a picture of a whole number -> pieces that digits are made of
steps       pen strokes -> an image, one step at a time, each of which can be left out
timeline    pen strokes -> the images that were there on the way
"""
