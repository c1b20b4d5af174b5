"""A set of digits and what a model makes of it -> filters, neighbours, a map.

embedding     images -> what the last layer but one makes of them
neighbours    which images are most alike
map_layout    vectors -> places in the plane, neighbours beside each other
answers       what a model makes of a whole split, kept in the cache folder
query         a question about samples, and how it is read
catalogue     a split with a model's answers: select, count, summarise
"""
