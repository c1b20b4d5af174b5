"""What a server keeps and runs. Safe to call from any thread; knows nothing of Gradio.

cache             what was opened or computed and may be needed again, within bounds
models            the stored models, found by name and opened
reader            drawings and pictures -> answers of the chosen model
jobs              what takes long, in processes of its own
library           where splits, answers and relatives are looked up
gradients         gradients, from a process of its own
gradient_worker   that process
"""
