"""OpenCV, as this program uses it: `from .opencv import cv2` inside a function, since loading it takes a while.

It computes in the thread that calls it: what it is given here is small, and a server has other threads to feed.
"""

import cv2 as cv2

cv2.setNumThreads(1)
