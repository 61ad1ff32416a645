"""The IAM, resource and key policies, as plain data made of settings and names.

Nothing here waits for the engine: a preview can judge every document, and a test can read it.
"""
