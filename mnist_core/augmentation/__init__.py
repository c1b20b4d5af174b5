"""A digit -> the same digit by another hand, or damaged; and images that are no digits.

damage        what happens to digits on their way: noise, blur, gaps, blots
transforms    what may be done to an image without changing what it says
handwriting   what another hand would have made of the same strokes
outliers      images that are not digits
"""
