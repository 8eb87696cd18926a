"""How the nets came to be: data, augmentation, training, evaluation."""
