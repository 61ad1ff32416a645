"""Settings: the desired state is whole and true before anything is called, or says what is wrong."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from components import settings
from hubguard.errors import SettingsError

CHECKOUT = Path(__file__).resolve().parents[3]
STACKS = ["dev", "prod", "sandbox"]


@pytest.fixture
def config() -> dict[str, Any]:
    """A configuration without a mistake: the sandbox's."""
    document = yaml.safe_load((CHECKOUT / "Pulumi.sandbox.yaml").read_text(encoding="utf-8"))
    return copy.deepcopy(dict(document["config"]))


def mistakes(config: dict[str, Any]) -> tuple[str, ...]:
    """The lines that a configuration is refused with."""
    with pytest.raises(SettingsError) as refusal:
        settings.load(config)
    return refusal.value.lines


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_file_validates(stack: str) -> None:
    """The committed stack files are usable as they are."""
    assert settings.from_file(CHECKOUT / f"Pulumi.{stack}.yaml").region == "eu-central-1"


def test_region_account_and_owner_come_from_the_providers_own_keys(config: dict[str, Any]) -> None:
    """What a provider reads under its own key stands in one place."""
    found = settings.load(config)
    assert (found.region, found.account, found.github_owner) == (
        "eu-central-1",
        "123456789012",
        "kwanzaa-project",
    )


def test_an_unknown_key_is_named_with_the_known_ones(config: dict[str, Any]) -> None:
    """A misspelt key is never ignored."""
    config["hubguard:organization"]["membres"] = []
    assert mistakes(config) == (
        "hubguard:organization.membres: unknown key; expected one of allow, members, name, plan, public",
    )


def test_an_unknown_key_deep_in_a_list_is_named_with_its_place(config: dict[str, Any]) -> None:
    """The line leads to the very entry."""
    config["hubguard:github"]["repositories"][0]["environments"][0]["secretz"] = {}
    assert mistakes(config) == (
        "hubguard:github.repositories[0].environments[0].secretz: unknown key;"
        " expected one of assumes, branches, name, secrets",
    )


def test_an_unknown_top_level_key_is_refused(config: dict[str, Any]) -> None:
    """Nothing under hubguard: goes unread."""
    config["hubguard:organisation"] = {}
    assert mistakes(config) == (
        "hubguard:organisation: unknown key; expected one of access, audit, contacts, github,"
        " organization, protect, tokens, vault",
    )


def test_a_borrowed_key_under_the_wrong_namespace_is_refused(config: dict[str, Any]) -> None:
    """The region has one home: aws:region."""
    config["hubguard:region"] = "eu-west-1"
    assert mistakes(config) == ("hubguard:region: unknown key; expected aws:region",)


def test_a_bad_role_is_answered_with_the_roles(config: dict[str, Any]) -> None:
    """A role is one of the Hub's five."""
    config["hubguard:organization"]["members"][3]["role"] = "owner"
    assert mistakes(config) == (
        "hubguard:organization.members[3].role: expected one of no_access, read, contributor, write or admin",
    )


def test_a_wrong_type_says_what_is_expected(config: dict[str, Any]) -> None:
    """A number that is text is not guessed."""
    config["hubguard:audit"]["retention_days"] = "a year"
    [line] = mistakes(config)
    assert line.startswith("hubguard:audit.retention_days: expected a valid integer")


def test_a_member_listed_twice_is_refused_in_any_spelling(config: dict[str, Any]) -> None:
    """The Hub does not tell Umoja-Training from umoja-training."""
    config["hubguard:organization"]["members"].append({"user": "Umoja-Training", "role": "read"})
    assert mistakes(config) == (
        "hubguard:organization.members: member umoja-training is listed more than once; expected each once",
    )


def test_an_organization_without_an_admin_is_refused(config: dict[str, Any]) -> None:
    """Nobody could mend it."""
    for member in config["hubguard:organization"]["members"]:
        member["role"] = "read"
    assert mistakes(config) == (
        "hubguard:organization.members: no member is admin; expected at least one with role admin",
    )


def test_all_mistakes_are_told_at_once(config: dict[str, Any]) -> None:
    """A person corrects the file once."""
    del config["aws:region"]
    config["hubguard:organization"]["plan"] = "gold"
    config["hubguard:audit"]["retention_days"] = 30
    assert [line.partition(":")[2].partition(": ")[0] for line in mistakes(config)] == [
        "region",
        "organization.plan",
        "audit.retention_days",
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"role": "write"},
            "hubguard:tokens[0]: a production token is never a write token; expected role read",
        ),
        ({"rotation_days": 91}, "hubguard:tokens[0]: rotation_days is 91; expected at most 90"),
        (
            {"role": "fine-grained", "scopes": ["repo.content.read", "repo.write"]},
            "hubguard:tokens[0]: a production token only reads; repo.write in scopes is more",
        ),
        (
            {"role": "fine-grained"},
            "hubguard:tokens[0]: scopes belong to the role fine-grained, and it needs at least one",
        ),
        (
            {"role": "github-app"},
            "hubguard:tokens[0]: only the environment machine has the key of a GitHub App",
        ),
        (
            {"environment": "machine"},
            "hubguard:tokens[0]: consumers of a machine's token are the jobs that read it: deploy, drift",
        ),
        (
            {"environment": "machine", "consumers": ["deploy", "laptop"]},
            "hubguard:tokens[0]: consumers of a machine's token are the jobs that read it: deploy, drift",
        ),
        (
            {"name": "kwanzaa-reader"},
            "hubguard:tokens[0].name: expected a name that does not end in a dash and six letters or digits:"
            " AWS ends a secret's ARN so, and takes the one for the other",
        ),
        ({"generation": 0}, "hubguard:tokens[0].generation: expected greater than or equal to 1"),
        (
            {"name": "Kwanzaa Token"},
            "hubguard:tokens[0].name: expected small letters, digits and dashes, 3 to 63",
        ),
    ],
)
def test_a_token_outside_the_standard_is_refused(
    config: dict[str, Any], change: dict[str, Any], line: str
) -> None:
    """The inventory cannot say what the checklist forbids."""
    config["hubguard:tokens"][0] |= change
    assert mistakes(config) == (line,)


def test_a_local_read_token_may_live_for_a_year(config: dict[str, Any]) -> None:
    """Checklist 2.4.1: read tokens on a developer's machine rotate every twelve months."""
    config["hubguard:tokens"][3]["rotation_days"] = 365
    assert settings.load(config).tokens[3].rotation_days == 365


def test_two_tokens_of_one_name_are_refused(config: dict[str, Any]) -> None:
    """A name is one secret."""
    config["hubguard:tokens"].append(dict(config["hubguard:tokens"][0]))
    assert mistakes(config) == (
        "hubguard:tokens: token kwanzaa-production-read is listed more than once; expected each once",
    )


def test_a_sealed_secret_must_name_a_ci_token(config: dict[str, Any]) -> None:
    """A production token never goes to GitHub."""
    config["hubguard:github"]["repositories"][0]["environments"][0]["secrets"] = {
        "HF_TOKEN": "kwanzaa-production-read"
    }
    assert mistakes(config) == (
        "hubguard:github.repositories: HF_TOKEN of kwanzaa/ci names 'kwanzaa-production-read';"
        " expected a token of environment ci in hubguard:tokens",
    )


def test_a_public_repository_of_somebody_else_is_refused(config: dict[str, Any]) -> None:
    """The stack speaks for its own organization only."""
    config["hubguard:organization"]["public"] = [{"repository": "models/elsewhere/thing"}]
    assert mistakes(config) == (
        "hubguard:organization: models/elsewhere/thing in public does not belong to kwanzaa-project",
    )


@pytest.mark.parametrize(
    "principal", ["*", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/*", "ainativestudio"]
)
def test_a_reader_is_an_exact_arn(config: dict[str, Any], principal: str) -> None:
    """A wildcard is not a name."""
    config["hubguard:access"]["production_readers"] = [principal]
    assert mistakes(config) == (
        "hubguard:access.production_readers[0]: expected the exact ARN of an IAM role or user",
    )


def test_a_value_is_never_repeated_in_a_mistake(config: dict[str, Any]) -> None:
    """Somebody may have pasted a token into the wrong line."""
    pasted = "hf_" + "x" * 34
    config["aws:region"] = pasted
    config["hubguard:organization"]["plan"] = pasted
    config["hubguard:tokens"][0]["name"] = pasted
    config["hubguard:audit"]["retention_days"] = pasted
    assert len(mistakes(config)) == 4
    assert pasted not in "".join(mistakes(config))


@pytest.mark.parametrize("key", ["production_readers", "training_writers"])
def test_a_token_that_nobody_could_read_is_refused(config: dict[str, Any], key: str) -> None:
    """Its application would fail on the first day."""
    config["hubguard:access"][key] = []
    [line] = mistakes(config)
    assert line.startswith(f"hubguard:access.{key}: expected somebody who reads the")


def test_an_oidc_provider_of_another_account_is_refused(config: dict[str, Any]) -> None:
    """A role trusts the provider of its own account only."""
    provider = "oidc-provider/token.actions.githubusercontent.com"
    config["hubguard:access"]["oidc_provider"] = f"arn:aws:iam::999999999999:{provider}"
    assert mistakes(config) == ("hubguard:access.oidc_provider: expected one of the account 123456789012",)


@pytest.mark.parametrize(
    "address", ["somebody", "somebody@", "some body@example.com", "a@example", "@example.com"]
)
def test_an_address_that_is_not_one_is_refused(config: dict[str, Any], address: str) -> None:
    """An alarm that is sent nowhere is no alarm."""
    config["hubguard:contacts"]["alarms"] = [address]
    assert mistakes(config) == (
        "hubguard:contacts.alarms[0]: expected an e-mail address, such as security@example.com",
    )


def test_an_address_listed_twice_is_refused(config: dict[str, Any]) -> None:
    """AWS would answer the second subscription with the first."""
    config["hubguard:contacts"]["alarms"] = ["a@example.com", "A@example.com"]
    assert mistakes(config) == (
        "hubguard:contacts.alarms: address a@example.com is listed more than once; expected each once",
    )


@pytest.mark.parametrize(
    ("regions", "line"),
    [
        (["eu-central-1"], "hubguard:vault.replica_regions: expected others than eu-central-1"),
        (["eu-west-1", "eu-west-1"], "hubguard:vault.replica_regions: region eu-west-1 is listed more"),
        (["eu-west-9"], "hubguard:vault.replica_regions[0]: expected a region that AWS has"),
    ],
)
def test_a_replica_is_in_another_region_that_exists(
    config: dict[str, Any], regions: list[str], line: str
) -> None:
    """One replica in each of them."""
    config["hubguard:vault"] = {"replica_regions": regions}
    assert mistakes(config)[0].startswith(line)


@pytest.mark.parametrize("gone", ["owner_id", "id"])
def test_a_job_that_assumes_a_role_is_known_by_numbers(config: dict[str, Any], gone: str) -> None:
    """A name can be given up and taken by somebody else."""
    github = config["hubguard:github"]
    del (github if gone == "owner_id" else github["repositories"][0])[gone]
    assert mistakes(config) == (
        "hubguard:github: kwanzaa/ci assumes a role of AWS; expected owner_id and the repository's id",
    )


def test_deploy_and_drift_belong_to_one_repository(config: dict[str, Any]) -> None:
    """The preview role trusts its pull requests."""
    one, other = config["hubguard:github"]["repositories"]
    one["environments"].append(other["environments"].pop(0))
    assert mistakes(config) == (
        "hubguard:github: deploy and drift are jobs of one repository: the one that holds this program",
    )


def test_only_one_environment_deploys(config: dict[str, Any]) -> None:
    """Two ways to the same role are one too many."""
    environments = config["hubguard:github"]["repositories"][1]["environments"]
    environments.append({"name": "second", "assumes": "deploy"})
    assert mistakes(config) == (
        "hubguard:github: assumes deploy is listed more than once; expected each once",
    )


def test_an_environment_that_assumes_a_role_has_a_plain_name(config: dict[str, Any]) -> None:
    """It becomes part of the subject that AWS compares letter by letter."""
    config["hubguard:github"]["repositories"][0]["environments"][0]["name"] = "ci:main"
    [line] = mistakes(config)
    assert line.startswith(
        "hubguard:github: kwanzaa/ci:main assumes a role of AWS; expected a name of letters"
    )


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "Frankfurt", "eu-central-9"])
def test_a_region_that_the_names_do_not_fit_is_refused(config: dict[str, Any], region: str) -> None:
    """Every ARN is made for the standard partition, and for a region that exists."""
    config["aws:region"] = region
    [line] = mistakes(config)
    assert line.startswith("aws:region: expected a")


@pytest.mark.parametrize("text", ["", "[]", "a string", "config: [a]", "config: {1: 2}"])
def test_a_file_of_another_shape_is_one_line(tmp_path: Path, text: str) -> None:
    """Whatever stands in it."""
    odd = tmp_path / "Pulumi.odd.yaml"
    odd.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="expected config, a map"):
        settings.from_file(odd)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "retention_days: 400",
            'retention_days: "400"',
            "hubguard:audit.retention_days: expected a valid integer",
        ),
        (
            "retention_days: 400",
            "retention_days: 4000000",
            "hubguard:audit.retention_days: expected less than",
        ),
        (
            "code_owners: true",
            "code_owners: 1",
            "hubguard:github.repositories[0].ruleset.code_owners: expected",
        ),
        ('["123456789012"]', "[123456789012]", "aws:allowedAccountIds: expected a valid string"),
        ("hubguard:audit:", "hubgard:audit:", "hubgard: unknown namespace; expected one of aws, github"),
        ("config:", "confg: {}\nconfig:", "Pulumi.odd.yaml: unknown key confg; expected one of config"),
        ("plan: team", "plan: team\n    plan: free", "Pulumi.odd.yaml: cannot be read as YAML in line"),
    ],
)
def test_what_would_be_read_otherwise_is_refused(tmp_path: Path, old: str, new: str, line: str) -> None:
    """A number in quotes, a key that stands twice, a namespace that nobody reads."""
    text = (CHECKOUT / "Pulumi.sandbox.yaml").read_text(encoding="utf-8")
    assert old in text
    odd = tmp_path / "Pulumi.odd.yaml"
    odd.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        settings.from_file(odd)
    assert refusal.value.lines[0].startswith(line)


@pytest.mark.parametrize("content", [b"config: \xe9", b"{" * 5000])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, content: bytes) -> None:
    """Another encoding, or nested without end."""
    odd = tmp_path / "Pulumi.odd.yaml"
    odd.write_bytes(content)
    with pytest.raises(SettingsError) as refusal:
        settings.from_file(odd)
    assert len(refusal.value.lines) == 1


def test_a_token_in_the_place_of_a_name_is_refused(config: dict[str, Any]) -> None:
    """It would go into the state; and in the place of a key it is not repeated."""
    pasted = "hf_" + "x" * 34
    config["hubguard:organization"]["members"][0]["user"] = pasted
    config["hubguard:organization"][pasted] = 1
    found = mistakes(config)
    assert len(found) == 2
    assert pasted not in "".join(found)


def test_a_file_that_is_not_yaml_is_one_line(tmp_path: Path) -> None:
    """No traceback for a missing bracket."""
    broken = tmp_path / "Pulumi.broken.yaml"
    broken.write_text("config: [", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"Pulumi\.broken\.yaml: cannot be read as YAML"):
        settings.from_file(broken)


@pytest.mark.parametrize(
    ("name", "generation", "environment", "refused"),
    [
        ("kwanzaa-ci-2", 1, "ci", True),
        ("kwanzaa-ci-2", 1, "training", False),
        ("kwanzaa-ci-3", 1, "ci", False),
    ],
)
def test_two_tokens_of_one_secret_are_refused(
    config: dict[str, Any], name: str, generation: int, environment: str, *, refused: bool
) -> None:
    """A generation becomes part of the secret's name, as the end of a name does."""
    token = config["hubguard:tokens"][2]
    token["generation"] = 2
    config["hubguard:tokens"].append(
        token | {"name": name, "generation": generation, "environment": environment}
    )
    if not refused:
        settings.load(config)
        return
    assert mistakes(config) == (
        "hubguard:tokens: kwanzaa-ci and kwanzaa-ci-2 would have the same secret"
        " hubguard/kwanzaa-project/ci/kwanzaa-ci-2; expected another name or another generation",
    )


def test_consumers_that_a_tag_cannot_hold_are_refused(config: dict[str, Any]) -> None:
    """They stand in one tag of the secret, with spaces between: 256 characters."""
    consumers = [letter * 85 for letter in "abc"]
    config["hubguard:tokens"][2]["consumers"] = consumers
    assert mistakes(config) == (
        "hubguard:tokens[2]: consumers have more than 256 characters together, which a tag of AWS cannot"
        " hold; expected fewer or shorter ones",
    )
    config["hubguard:tokens"][2]["consumers"] = [consumers[0], consumers[1], "c" * 84]
    assert settings.load(config).tokens[2].consumers[2] == "c" * 84


@pytest.mark.parametrize(
    "resource",
    ["role/Wanj\u00e9", "role//reader", "role/reader/", "user/team//reader", "role/", "role/a b", "role/a\n"],
)
def test_a_principal_that_iam_cannot_have_is_refused(config: dict[str, Any], resource: str) -> None:
    """IAM would refuse the trust policy in the midst of an update."""
    config["hubguard:access"]["operators"] = [f"arn:aws:iam::123456789012:{resource}"]
    assert mistakes(config) == (
        "hubguard:access.operators[0]: expected the exact ARN of an IAM role or user",
    )


@pytest.mark.parametrize("arabic", ["\u0661" * 12, "12345678901\u0662"])
def test_a_digit_is_one_of_ascii(config: dict[str, Any], arabic: str) -> None:
    """Account ids stand in ARNs, wherever they come from."""
    config["aws:allowedAccountIds"] = [arabic]
    config["hubguard:access"] |= {
        "operators": [f"arn:aws:iam::{arabic}:role/operator"],
        "oidc_provider": f"arn:aws:iam::{arabic}:oidc-provider/token.actions.githubusercontent.com",
        "state": {"bucket": "state", "key": f"arn:aws:kms:eu-central-1:{arabic}:key/1b2c3d4e"},
    }
    assert [line.partition(": ")[0] for line in mistakes(config)] == [
        "aws:allowedAccountIds",
        "hubguard:access.operators[0]",
        "hubguard:access.oidc_provider",
        "hubguard:access.state.key",
    ]


def test_a_role_of_the_stack_takes_no_other(config: dict[str, Any]) -> None:
    """Else the production reader could be made an operator, past the matrix."""
    config["hubguard:access"]["operators"] = ["arn:aws:iam::123456789012:role/hubguard/hubguard-ci"]
    [line] = mistakes(config)
    assert line.startswith("hubguard:access.operators[0]: expected somebody outside the path /hubguard/")


@pytest.mark.parametrize(
    "key", ["production_readers", "training_writers", "operators", "incident_responders", "auditors"]
)
def test_somebody_who_is_listed_twice_is_refused(config: dict[str, Any], key: str) -> None:
    """One of the two would be forgotten when the person leaves."""
    config["hubguard:access"][key] *= 2
    [line] = mistakes(config)
    assert line.startswith(f"hubguard:access.{key}: principal arn:aws:iam::123456789012:role/")
    assert line.endswith("is listed more than once; expected each once")


@pytest.mark.parametrize("key", ["operators", "auditors"])
@pytest.mark.parametrize("reading", ["production_readers", "training_writers", "incident_responders"])
def test_who_puts_or_audits_values_reads_none(config: dict[str, Any], key: str, reading: str) -> None:
    """One person with both roles would undo what the matrix separates."""
    access = config["hubguard:access"]
    somebody = "arn:aws:iam::123456789012:role/somebody"
    access[key].append(somebody)
    access[reading].append(somebody)
    assert mistakes(config) == (
        f"hubguard:access.{key}[1]: {somebody} is in {reading} too; expected somebody who reads no values",
    )


def test_what_does_not_fit_together_is_told_at_once(config: dict[str, Any]) -> None:
    """Each in its own line, from the key that is to be corrected."""
    config["hubguard:access"]["production_readers"] = []
    config["hubguard:access"]["training_writers"] = []
    config["hubguard:vault"] = {"replica_regions": ["eu-central-1"]}
    assert [line.partition(": ")[0] for line in mistakes(config)] == [
        "hubguard:access.production_readers",
        "hubguard:access.training_writers",
        "hubguard:vault.replica_regions",
    ]


def test_a_protected_stack_has_somebody_who_hears_of_alarms(config: dict[str, Any]) -> None:
    """One that may be thrown away may do without."""
    config["hubguard:contacts"]["alarms"] = []
    assert settings.load(config).contacts.alarms == []
    config["hubguard:protect"] = True
    assert mistakes(config) == (
        "hubguard:contacts.alarms: expected at least one address, every alarm goes there",
    )


@pytest.mark.parametrize("name", ["kwanzaa--project", "kwanzaa._project", "kwanzaa.", "kwanzaa-", "kwanzaa_"])
def test_an_organization_that_a_trail_cannot_be_named_after_is_refused(
    config: dict[str, Any], name: str
) -> None:
    """CloudTrail would refuse it in the midst of the first update."""
    config["hubguard:organization"]["name"] = name
    assert mistakes(config) == (
        "hubguard:organization.name: expected a name without two of . _ - in a row or one at the end:"
        " the trail is named after it",
    )


def test_a_file_is_read_as_the_engine_reads_it(tmp_path: Path) -> None:
    """`pulumi config set` writes objects and lists as JSON text."""
    text = (CHECKOUT / "Pulumi.sandbox.yaml").read_text(encoding="utf-8")
    file = tmp_path / "Pulumi.odd.yaml"
    file.write_text(text.replace('["123456789012"]', "'[\"123456789012\"]'"), encoding="utf-8")
    assert settings.from_file(file).account == "123456789012"


def test_a_stack_name_may_have_dots(tmp_path: Path) -> None:
    """The file of `eu.prod` is its own, not that of a sibling."""
    file = tmp_path / "Pulumi.eu.prod.yaml"
    file.write_text((CHECKOUT / "Pulumi.prod.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert settings.from_file(file).account == "444455556666"
