"""The train tab: a network is trained while visitors watch.

code       networks as source text
training   what its scripts call
tab        the tab
"""
