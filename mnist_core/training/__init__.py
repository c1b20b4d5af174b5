"""A recipe -> a stored model, and many recipes -> one table.

progress         where a run stands
pools            what a recipe learns from beside a data set's own images
batches          images and pools -> shuffled and augmented batches
devices          the GPUs that share a run
loop             a recipe and data -> a trained model and its history
runs             a recipe -> a stored model with its figures
exhibits         what is shown of a network while it learns
kept             what a run keeps of itself on disk while it goes on
worker           a recipe -> a stored model, while somebody watches and steers
search_settings  what a search may try, and how
experiments      many recipes, one table
studies          where a search keeps its trials, shared by its workers
search           a search for a good network
"""
