"""Which reference records are the same person as an account: blocking, comparison, a mixture model, decision.

Fellegi and Sunter's model (1969) with four latent classes: the same person, somebody of the same household, a namesake,
anybody else. All probabilities are learned by EM on counts of comparison patterns inside the candidate set.
"""
