"""What `pulumi up` declares: one module, one ComponentResource each."""
