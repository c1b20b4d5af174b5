"""The commands of the command line, one module a family.

console      what the commands share
train        train a recipe
data         which data is found where
experiment   many recipes, one table; a search
measure      models, predict, evaluate, report
browse       look through a set of digits
inside       measure what the page's inside tab says
"""
