"""Starts the pack: `pulumi preview --policy-pack policy`."""

from pulumi_policy import PolicyPack

from policy import iam, repositories

PolicyPack("hubguard", policies=[*repositories.RULES, *iam.RULES])
