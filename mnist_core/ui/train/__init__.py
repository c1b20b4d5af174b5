"""The train tab: a network is trained while visitors watch.

training   what its scripts call
tab        the tab
"""
