"""The train tab: a network is trained while visitors watch.

code         networks as source text
experiments  what is called for experiments
tab          the tab
training     what the tab's scripts call
"""
