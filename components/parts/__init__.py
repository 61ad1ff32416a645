"""What several components are made of: a private bucket, a role for a service of AWS."""
