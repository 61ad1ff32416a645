"""A stand-in of the Pulumi plugin `pulumi-resource-aws`, over boto3, for the sandbox only.

It speaks the engine's ResourceProvider protocol and behaves as the real plugin does towards the
program: the same inputs, defaults, replacements and outputs. It talks to loopback and to nothing
else, whatever it is configured with.
"""

VERSION = "7.51.1"  # of the SDK whose inputs it takes, and of the plugin it stands for
