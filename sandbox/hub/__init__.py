"""A local Hugging Face Hub: accounts, organization members and repositories, on loopback only.

It keeps the part of the Hub's API that this project uses, so that the real `huggingface_hub` client
and the provider run against it unchanged. What the Hub does not document is marked `Assumed:` where
it is decided. Where two readings are possible it takes the one that is harder on its callers.
"""
