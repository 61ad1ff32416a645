"""Security of a Hugging Face organization as code."""
