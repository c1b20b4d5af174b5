"""Predictions -> figures, and figures -> tables.

statistics      the interval of a share
metrics         predictions and labels -> accuracy, likelihood, calibration, confusion, outliers
evidence        models on sets -> all figures of a report
preprocessing   what each step from strokes to 28x28 is worth
figures         stored figures of the page
report          figures -> tables in a text file
"""
