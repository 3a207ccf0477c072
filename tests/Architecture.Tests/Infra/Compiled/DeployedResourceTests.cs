using System.Text.Json.Nodes;

namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>What would be on Azure, for every parameter file: nothing open that need not be, and no key that could be carried away.</summary>
public sealed class DeployedResourceTests
{
    // Another kind needs a thought first: does it answer from outside, and has it keys?
    private static readonly string[] Known =
    [
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.Compute/virtualMachineScaleSets",
        "Microsoft.DurableTask/schedulers",
        "Microsoft.DurableTask/schedulers/taskHubs",
        "Microsoft.Insights/actionGroups",
        "Microsoft.Insights/components",
        "Microsoft.Insights/metricAlerts",
        "Microsoft.Insights/webtests",
        "Microsoft.KeyVault/vaults",
        "Microsoft.KeyVault/vaults/keys",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.Network/natGateways",
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.Network/privateDnsZones",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        "Microsoft.Network/privateEndpoints",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        "Microsoft.Network/publicIPAddresses",
        "Microsoft.Network/virtualNetworks",
        "Microsoft.OperationalInsights/workspaces",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Storage/storageAccounts/managementPolicies",
        "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/tableServices",
        "Microsoft.Web/serverfarms",
        "Microsoft.Web/sites",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        "Microsoft.Web/sites/config",
    ];

    // What of it is reached.
    private static readonly Dictionary<string, string[]> Parts = new()
    {
        ["Microsoft.DurableTask/schedulers"] = ["scheduler"],
        ["Microsoft.KeyVault/vaults"] = ["vault"],
        ["Microsoft.Storage/storageAccounts"] = ["blob", "queue", "table"],
    };

    public static TheoryData<string> Deployments => [.. Deployment.Names];

    [BicepTheory]
    [MemberData(nameof(Deployments))]
    public async Task A_parameter_file_fits_and_the_compiler_has_nothing_to_say(string name)
    {
        var deployment = await Deployment.GetAsync(name);

        Assert.Empty(deployment.Said);
        Assert.NotEmpty(deployment.Resources);
    }

    [BicepTheory]
    [MemberData(nameof(Deployments))]
    public async Task Only_what_somebody_has_thought_about_is_made(string name) =>
        Assert.Empty((await Deployment.GetAsync(name)).Resources.Select(resource => resource.Type).Except(Known));

    [BicepTheory]
    [MemberData(nameof(Deployments))]
    public async Task Only_the_function_app_answers_from_outside_and_only_over_https(string name)
    {
        var deployment = await Deployment.GetAsync(name);
        const string Access = "publicNetworkAccess";

        var app = Assert.Single(deployment.Of("Microsoft.Web/sites"));
        AssertSays(app, (Access, "Enabled"), ("httpsOnly", "true"), ("siteConfig.minTlsVersion", "1.2"));
        Assert.All(
            deployment.Resources.Where(resource => resource.Properties[Access] is not null).Except([app]),
            resource => AssertSays(resource, (Access, "Disabled"))
        );
        Assert.All(
            deployment.Of("Microsoft.Storage/storageAccounts").Concat(deployment.Of("Microsoft.KeyVault/vaults")),
            store =>
                AssertSays(
                    store,
                    (Access, "Disabled"),
                    ("networkAcls.defaultAction", "Deny"),
                    ("networkAcls.bypass", "None")
                )
        );
    }

    [BicepTheory]
    [MemberData(nameof(Deployments))]
    public async Task What_answers_inside_only_has_a_private_endpoint(string name)
    {
        var deployment = await Deployment.GetAsync(name);

        var reached = deployment
            .Of("Microsoft.Network/privateEndpoints")
            .Select(endpoint => endpoint.Properties["privateLinkServiceConnections"]![0]!["properties"]!)
            .Select(connection => $"{connection["privateLinkServiceId"]} {connection["groupIds"]![0]}")
            .ToList();
        var expected =
            from resource in deployment.Resources
            where resource["publicNetworkAccess"] == "Disabled"
            from part in Parts[resource.Type]
            select $"{resource.Id} {part}";
        Assert.Equal(expected.Order(StringComparer.Ordinal), reached.Order(StringComparer.Ordinal));
    }

    [BicepTheory]
    [MemberData(nameof(Deployments))]
    public async Task The_one_public_address_is_for_going_out(string name)
    {
        var deployment = await Deployment.GetAsync(name);

        var address = Assert.Single(deployment.Of("Microsoft.Network/publicIPAddresses"));
        var users = deployment.Resources.Where(resource => resource.Properties.ToJsonString().Contains(address.Id));
        Assert.Equal("Microsoft.Network/natGateways", Assert.Single(users).Type);
        Assert.DoesNotContain(
            deployment.Resources,
            resource => resource.Properties.ToJsonString().Contains("publicIPAddressConfiguration")
        );
    }

    [BicepTheory]
    [MemberData(nameof(Deployments))]
    public async Task Nothing_comes_in_to_a_node_and_only_the_web_goes_out(string name)
    {
        var deployment = await Deployment.GetAsync(name);

        var network = Assert.Single(deployment.Of("Microsoft.Network/virtualNetworks"));
        var subnet = network.Properties["subnets"]!.AsArray().Single(each => (string?)each!["name"] == "pool")!;
        var rules = deployment
            .Of("Microsoft.Network/networkSecurityGroups")
            .Single(group => group.Id == (string?)subnet["properties"]!["networkSecurityGroup"]!["id"])
            .Properties["securityRules"]!
            .AsArray()
            .Select(rule => rule!["properties"]!)
            .ToList();
        Assert.All(rules.Where(Is("direction", "Inbound")), rule => Assert.Equal("Deny", (string?)rule["access"]));
        Assert.Contains(rules, rule => Is("direction", "Inbound")(rule) && Is("sourceAddressPrefix", "*")(rule));
        Assert.Equal(
            ["443", """["80","443"]"""],
            rules
                .Where(Is("access", "Allow"))
                .Select(rule => (string?)rule["destinationPortRange"] ?? rule["destinationPortRanges"]!.ToJsonString())
        );
        Assert.Equal("false", subnet["properties"]!["defaultOutboundAccess"]!.ToJsonString());
    }

    [BicepTheory]
    [MemberData(nameof(Deployments))]
    public async Task Nothing_has_a_key_or_password_of_its_own(string name)
    {
        var deployment = await Deployment.GetAsync(name);

        Assert.All(
            deployment.Of("Microsoft.Storage/storageAccounts"),
            account =>
                AssertSays(
                    account,
                    ("allowSharedKeyAccess", "false"),
                    ("allowBlobPublicAccess", "false"),
                    ("defaultToOAuthAuthentication", "true"),
                    ("supportsHttpsTrafficOnly", "true"),
                    ("minimumTlsVersion", "TLS1_2")
                )
        );
        Assert.All(
            deployment.Of("Microsoft.Storage/storageAccounts/blobServices/containers"),
            container => AssertSays(container, ("publicAccess", "None"))
        );
        Assert.All(
            deployment.Of("Microsoft.KeyVault/vaults"),
            vault => AssertSays(vault, ("enableRbacAuthorization", "true"), ("enableSoftDelete", "true"))
        );
        Assert.All(
            deployment.Of("Microsoft.OperationalInsights/workspaces"),
            logs => AssertSays(logs, ("features.disableLocalAuth", "true"))
        );
        Assert.All(
            deployment.Of("Microsoft.Insights/components"),
            insights => AssertSays(insights, ("DisableLocalAuth", "true"))
        );
        Assert.Equal(
            ["ftp: false", "scm: false"],
            deployment
                .Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                .Select(policy => $"{policy.Name.Split('/')[^1]}: {policy["allow"]}")
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            deployment.Of("Microsoft.Compute/virtualMachineScaleSets"),
            nodes =>
                AssertSays(
                    nodes,
                    ("virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication", "true"),
                    ("virtualMachineProfile.osProfile.adminPassword", "")
                )
        );
    }

    [BicepTheory]
    [MemberData(nameof(Deployments))]
    public async Task A_secret_stands_in_a_setting_only_as_a_reference_to_the_vault(string name)
    {
        var settings = Assert.Single((await Deployment.GetAsync(name)).Of("Microsoft.Web/sites/config")).Properties;

        var secrets = settings.AsObject().Where(setting => setting.Key.EndsWith("Key")).ToList();
        Assert.Equal(
            ["Auth__OperatorKey", "Pool__Key"],
            secrets.Select(each => each.Key).Order(StringComparer.Ordinal)
        );
        Assert.All(secrets, secret => Assert.Contains("@Microsoft.KeyVault(SecretUri=", (string?)secret.Value));
        Assert.DoesNotContain("AccountKey=", settings.ToJsonString());
    }

    [BicepFact]
    public async Task Nodes_are_made_only_when_there_is_an_agent_for_them()
    {
        Assert.Empty((await Deployment.GetAsync("first")).Of("Microsoft.Compute/virtualMachineScaleSets"));
        Assert.Single((await Deployment.GetAsync("production")).Of("Microsoft.Compute/virtualMachineScaleSets"));
    }

    [BicepFact]
    public async Task Production_keeps_copies_in_three_zones_and_its_vault_and_tells_somebody()
    {
        var production = await Deployment.GetAsync("production");

        Assert.All(
            production.Of("Microsoft.Storage/storageAccounts"),
            account => Assert.Equal("Standard_ZRS", (string?)account.Node["sku"]!["name"])
        );
        Assert.All(
            production.Of("Microsoft.KeyVault/vaults"),
            vault => AssertSays(vault, ("enablePurgeProtection", "true"))
        );
        Assert.Equal(2, production.Of("Microsoft.Insights/metricAlerts").Count());
    }

    private static Func<JsonNode, bool> Is(string name, string value) => rule => (string?)rule[name] == value;

    private static void AssertSays(DeployedResource resource, params (string Path, string Value)[] expected) =>
        Assert.All(
            expected,
            each =>
                Assert.Equal(
                    $"{resource.Type} {each.Path}: {each.Value}",
                    $"{resource.Type} {each.Path}: {resource[each.Path]}"
                )
        );
}
