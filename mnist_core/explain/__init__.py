"""A network opened: its layers, which pixels mattered, and what would have changed its answer.

anatomy           a stored model -> its layers, their weights, and what each makes of images
ablation          a private copy with parts switched off or noise on its weights
attribution       a prediction -> which pixels mattered
gradients         the same network where it can be differentiated
faithfulness      whether what an explanation marks is what mattered
edits             what can be done to an image, from little to much
counterfactuals   the smallest change found that makes a network answer otherwise
sweeps            an image turned, scaled, moved, thickened, with noise
"""
