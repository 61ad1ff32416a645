"""The Hugging Face side: HTTP client, reconcilers, the dynamic provider."""
