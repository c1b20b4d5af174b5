"""The train tab: a network is trained while visitors watch.

tab   what its scripts call
"""
