"""The train tab: a network is trained while visitors watch.

code         networks as source text
training     what its scripts call
experiments  what they call for experiments
tab          the tab
"""
