"""The train tab: a network is trained while visitors watch.

training     what its scripts call
experiments  what they call for experiments
tab          the tab
"""
