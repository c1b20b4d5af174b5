"""The inside tab: why this digit, and what would change the answer.

    bench      what the views work on: a model taken apart, new images
    network    the whole network at work, and any of its values taken apart
    journey    from strokes to 28x28
    why        which pixels mattered
    change     the smallest change that makes it answer otherwise
    fool       noise that makes it answer otherwise
    belief     its answers while the pen moved
    move       its answers to the drawing turned, scaled, moved
    broken     its answers with parts switched off
    glossary   the words, with the real numbers of this network and drawing
    tab        all of that on one page

Each view is a function that gives its live functions; a view knows no other.
"""
