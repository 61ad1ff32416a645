// Command pulumi-resource-github is the GitHub provider of the sandbox.
//
// It is the official Terraform provider, the same release that Pulumi's own github provider 6.15.0
// wraps, behind Pulumi's public bridge. Nothing of it is a stand-in: what it does here is what it does
// against GitHub. What is ours is the mapping below: where the published SDK differs from the bridge's
// defaults, it says so, because programs are written against the published SDK.
//
// The schema that ships with a released provider serves only code generators, so this one is empty.
package main

import (
	"github.com/integrations/terraform-provider-github/v6/github"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

const (
	// terraformVersion is the release of the wrapped provider, as in go.mod; GitHub sees it as user agent.
	terraformVersion = "6.13.0"
	// pulumiVersion is the release of the Python SDK that programs use; the engine looks the plugin up by it.
	pulumiVersion = "6.15.0"
	// longestName is where the published provider cuts names that it derives from resource names.
	longestName = 255
)

// mapping says how Terraform's resources appear to Pulumi programs.
func mapping() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:       shim.NewProvider(github.NewProvider(terraformVersion, "none")()),
		Name:    "github",
		Version: pulumiVersion,

		// The published provider runs with these three on: previews planned like Terraform's, state
		// kept so that nothing is lost on the way back, resources without a version start at zero.
		EnableAccurateBridgePreview:    true,
		EnableRawStateDelta:            true,
		EnableZeroDefaultSchemaVersion: true,

		Config: map[string]*tfbridge.SchemaInfo{
			"base_url": {Default: &tfbridge.DefaultInfo{
				EnvVars: []string{"GITHUB_BASE_URL"},
				Value:   github.DotComAPIURL,
			}},
			"token": {
				Default: &tfbridge.DefaultInfo{EnvVars: []string{"GITHUB_TOKEN"}},
				Secret:  tfbridge.True(),
			},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			// GitHub keys these by a name that old and new share: creating the new one first would
			// overwrite or refuse, and deleting the old one would then remove the new.
			"github_actions_environment_secret":    {DeleteBeforeReplace: true},
			"github_repository_autolink_reference": {DeleteBeforeReplace: true},
			"github_repository_collaborator":       {DeleteBeforeReplace: true},
			"github_repository_deploy_key":         {DeleteBeforeReplace: true},

			// The published SDK kept the list although Terraform allows one element.
			"github_repository_environment": {Fields: map[string]*tfbridge.SchemaInfo{
				"reviewers": {MaxItemsOne: tfbridge.False()},
			}},

			"github_actions_organization_secret":    {Fields: replacedWithItsRepositories()},
			"github_codespaces_organization_secret": {Fields: replacedWithItsRepositories()},
			"github_dependabot_organization_secret": {Fields: replacedWithItsRepositories()},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"github_app": {Tok: "github:index/getGithubApp:getGithubApp"},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("github_", "index", tokens.MakeStandard("github")))
	info.SetAutonaming(longestName, "-")

	return info
}

// replacedWithItsRepositories replaces an organization's secret when its repositories change, as published.
func replacedWithItsRepositories() map[string]*tfbridge.SchemaInfo {
	return map[string]*tfbridge.SchemaInfo{"selected_repository_ids": {ForceNew: tfbridge.True()}}
}

func main() {
	tfbridge.Main("github", pulumiVersion, mapping(), []byte("{}"))
}
