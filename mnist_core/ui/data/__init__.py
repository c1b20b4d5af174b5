"""The data tab.

tab   what its scripts call
"""
