using Trainyard.Architecture.Tests.Rules;

namespace Trainyard.Architecture.Tests.Infra;

/// <summary>Every rule of infra/ can fail: each is shown a file that breaks it.</summary>
public sealed class BadInfra
{
    private const string Described = "metadata description = 'A module for a test.'\n";
    private const string Module = "infra/modules/m.bicep";
    private const string Main = "infra/main.bicep";

    [Theory]
    [InlineData("var a = {\n", "does not close")]
    [InlineData("var a = ']'\nvar b = 1)\n", "does not close")]
    [InlineData("var a = 'half\n", "leaves a string open")]
    public void What_is_not_closed_is_noticed(string text, string complaint) =>
        AssertBroken<BicepIsClosedRule>(complaint, (Module, text));

    [Fact]
    public void Brackets_in_strings_and_comments_do_not_count() =>
        Assert.Empty(
            new BicepIsClosedRule().Broken(House((Module, "var a = '{it\\'s (' // [ isn't\nvar b = 'a//b'\n")))
        );

    [Theory]
    [InlineData("var a = 1\n", "has no metadata description")]
    [InlineData(Described + "param a bool\n", "param a has no @description")]
    [InlineData(Described + "@description('')\nparam a bool\n", "param a has no @description")]
    [InlineData(Described + "output a string = 'a'\n", "output a has no @description")]
    public void What_says_not_what_it_is_is_noticed(string text, string complaint) =>
        AssertBroken<BicepDescriptionsRule>(complaint, (Module, text));

    [Theory]
    [InlineData("param a string\n")]
    [InlineData("param a object\n")]
    [InlineData("param a array = []\n")]
    [InlineData("@minValue(1)\nparam a int\n")]
    [InlineData("@description('Any number at all.')\nparam a int = 3\n")]
    public void A_parameter_that_takes_anything_is_noticed(string text) =>
        AssertBroken<BicepParametersRule>("param a takes anything", (Module, text));

    [Theory]
    [InlineData("@minLength(1)\nparam a string\n")]
    [InlineData("@allowed([\n  'x'\n  'y'\n])\nparam a string = 'x'\n")]
    [InlineData("@minValue(1)\n@maxValue(2)\nparam a int\n")]
    [InlineData("param a { *: string }\n")]
    public void A_constrained_parameter_is_fine(string text) =>
        Assert.Empty(new BicepParametersRule().Broken(House((Module, text))));

    [Theory]
    [InlineData("output key string = account.listKeys().keys[0].value\n")]
    [InlineData("output a string = insights.properties.ConnectionString\n")]
    [InlineData("output adminPassword string = 'x'\n")]
    public void A_secret_in_an_output_is_noticed(string text) =>
        AssertBroken<NoSecretsInOutputsRule>("gives a secret away", (Module, text));

    [Theory]
    [InlineData("  publicNetworkAccess: 'Enabled'\n", "says publicNetworkAccess")]
    [InlineData("    publicIPAddressConfiguration: {}\n", "says publicIPAddressConfiguration")]
    [InlineData(
        "resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n}\n",
        "allowSharedKeyAccess: false"
    )]
    [InlineData("resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {\n}\n", "enableRbacAuthorization: true")]
    [InlineData("resource app 'Microsoft.Web/sites@2024-04-01' = {\n}\n", "httpsOnly: true")]
    public void A_public_door_is_noticed(string text, string complaint) =>
        AssertBroken<NothingPublicRule>(complaint, (Module, text));

    [Fact]
    public void Different_versions_of_one_type_are_noticed() =>
        AssertBroken<BicepVersionsRule>(
            "Microsoft.Web/sites has several API versions",
            (
                Module,
                "resource a 'Microsoft.Web/sites@2024-04-01' = {\n}\nresource b 'Microsoft.Web/sites@2023-12-01' = {\n}\n"
            )
        );

    [Theory]
    [InlineData("", "is used by nobody")]
    [InlineData("module m 'modules/gone.bicep' = {\n  params: { a: 1 }\n}\n", "gone.bicep does not exist")]
    [InlineData("module m 'modules/m.bicep' = {\n  params: {}\n}\n", "m is not given a")]
    [InlineData("module m 'modules/m.bicep' = {\n  params: { a: '${x}', c: y }\n}\n", "m is given c")]
    public void A_module_that_is_wired_wrongly_is_noticed(string main, string complaint) =>
        AssertBroken<BicepModulesRule>(complaint, (Main, main), (Module, "param a string\nparam b string = 'x'\n"));

    [Theory]
    [InlineData("using '../main.bicep'\n", "does not give kind")]
    [InlineData("using '../main.bicep'\nparam kind = 'c'\n", "gives kind = 'c', which is not allowed")]
    [InlineData("using '../main.bicep'\nparam kind = 'a'\nparam other = 1\n", "gives other, which there is not")]
    [InlineData("param kind = 'a'\n", "does not use ../main.bicep")]
    public void A_parameter_file_that_does_not_fit_is_noticed(string file, string complaint) =>
        AssertBroken<BicepParameterFilesRule>(
            complaint,
            (Main, "@allowed(['a', 'b'])\nparam kind string\nparam free string = 'x'\n"),
            ("infra/parameters/p.bicepparam", file)
        );

    [Theory]
    [InlineData("users: []\n", "does not begin with #cloud-config")]
    [InlineData("#cloud-config\na: [\n", "is no YAML mapping")]
    [InlineData("#cloud-config\nwrite_files:\n  - path: /a\n", "lacks something")]
    [InlineData("#cloud-config\nwrite_files: []\nx: '{{agent}}'\n", "pool.bicep does not fill")]
    public void A_cloud_init_file_that_would_not_work_is_noticed(string text, string complaint) =>
        AssertBroken<CloudInitRule>(complaint, ("infra/agent/cloud-init.yaml", text));

    [Fact]
    public void A_node_s_files_that_are_too_much_for_Azure_are_noticed() =>
        AssertBroken<CloudInitRule>(
            "Azure takes",
            ("infra/agent/cloud-init.yaml", "#cloud-config\nwrite_files: []\nx: '{{big}}'\n"),
            ("infra/agent/big", new string('x', 64 * 1024)),
            ("infra/modules/pool.bicep", "place: '{{big}}'")
        );

    [Theory]
    [InlineData("[Unit]\nDescription=x\n", "has no section [Service]")]
    [InlineData("Description=x\n", "does not begin with [Unit]")]
    [InlineData("[Unit]\nhello\n[Service]\n", "neither section nor setting")]
    [InlineData("[Unit]\n[Service]\nUser=root\n", "does not say User=trainyard")]
    [InlineData("[Unit]\n[Service]\nPrivateUsers=yes\n", "says PrivateUsers")]
    public void A_unit_that_would_not_work_is_noticed(string text, string complaint) =>
        AssertBroken<UnitsRule>(complaint, ("infra/agent/trainyard-agent.service", text));

    [Theory]
    [InlineData("{", "is not JSON")]
    [InlineData("{}", "lacks extensions/http/routePrefix")]
    public void A_host_file_that_lacks_something_is_noticed(string text, string complaint) =>
        AssertBroken<HostJsonRule>(complaint, ("host.json", text));

    private static House House(params (string Path, string Text)[] files) =>
        new(files.ToDictionary(file => file.Path, file => file.Text));

    private static void AssertBroken<TRule>(string complaint, params (string Path, string Text)[] files)
        where TRule : IRule, new() =>
        Assert.Contains(new TRule().Broken(House(files)), each => each.Contains(complaint));
}
