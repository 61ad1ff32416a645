"""What an administrator does once for an AWS account, before the stack's first `pulumi up`.

It owns what the stack itself must never change: the role that deploys the stack, the permissions boundary
of every role that the stack makes, and the account's trust in GitHub Actions. No state is kept: the
account is compared with the settings each time, and repeating it mends what differs.
"""
