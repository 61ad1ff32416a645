"""The Pulumi engine of the sandbox: building it, hosting Python programs, laying it out on disk."""
