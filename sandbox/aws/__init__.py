"""The local AWS and the stand-in of the Pulumi AWS plugin."""
