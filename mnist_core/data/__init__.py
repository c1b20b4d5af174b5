"""Files and sets -> arrays. Only `download` knows the network.

files           files of arrays, npz and IDX; and any file written whole or not at all
download        files from the network
labelled        digits that other people drew, in a file -> pictures or ink
pictures        picture files, and folders of them
pendigits       pen ink of thirty writers, split by writer
alphabets       characters that are no digits, split by writer
mnist           MNIST and sets of its layout, on disk or from the network
sample          the 5,000 images that come with the project
training_data   a set divided into images to learn from and images to validate on
own_drawings    a visitor's own drawings, to learn from
prepared        pictures and ink as the network receives them
splits          sets of digits to look through
inventory       which sets are found where
"""
