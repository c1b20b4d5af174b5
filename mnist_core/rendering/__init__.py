"""Numbers and images -> pictures.

charts    numbers -> charts
sprites   images -> pictures that hold many of them
"""
