"""The program: settings in, components, outputs."""

import gc

gc.disable()  # the SDKs make a million objects that stay: looking through them costs a tenth of a preview

import pulumi

from components import settings
from components.access import TokenAccess
from components.alarms import Alarms
from components.answers import AuditAnswers
from components.audit import AuditTrail
from components.names import Names
from components.organization import HubOrganization
from components.repository import RepositoryGuard
from components.vault import TokenVault

desired = settings.from_pulumi()
names = Names.of(desired)

vault = TokenVault("vault", tokens=desired.tokens, names=names, protect=desired.protect)
organization = HubOrganization(desired.organization.name, organization=desired.organization)
guards = [
    RepositoryGuard(
        repository.name,
        owner=desired.github_owner,
        repository=repository,
        url=desired.github_url,
        vault=vault,
        tokens={token.name: token for token in desired.tokens},
        names=names,
    )
    for repository in desired.github.repositories
]
access = TokenAccess(
    "access",
    tokens=desired.tokens,
    access=desired.access,
    owner=desired.github_owner,
    github=desired.github,
    names=names,
)
trail = AuditTrail("audit", audit=desired.audit, names=names, protect=desired.protect)
Alarms(
    "alarms",
    tokens=desired.tokens,
    contacts=desired.contacts,
    names=names,
    key=trail.key,
    log_group=trail.log_group,
)
AuditAnswers("answers", names=names, key=trail.key, access_logs=trail.access_logs, protect=desired.protect)

pulumi.export("organization", desired.organization.name)
pulumi.export("unmanaged_members", organization.members.unmanaged)
pulumi.export("pending_invitations", organization.members.invited)
pulumi.export("members_without_two_factor", organization.members.without_two_factor)
pulumi.export("repositories", organization.repositories.total)
pulumi.export("made_private", organization.repositories.journal)
pulumi.export(
    "needs_a_person",
    {
        "members": organization.members.manual,
        "repositories": organization.repositories.manual,
    },
)
pulumi.export("waiting_for_approval", organization.repositories.held)
pulumi.export("public_cannot_tell", organization.repositories.unproved)
pulumi.export("listed_but_not_there", organization.repositories.missing)
pulumi.export("roles", access.roles)
pulumi.export("secrets", {name: secret.arn for name, secret in vault.secrets.items()})
pulumi.export("sealed_secrets", {k: v for guard in guards for k, v in guard.secrets.items()})
