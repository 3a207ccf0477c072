using Trainyard.Architecture.Tests.Rules;

namespace Trainyard.Architecture.Tests.Infra;

/// <summary>Every rule of infra/ can fail: each is shown a file that breaks it.</summary>
public sealed class InfraRuleTests
{
    private const string Module = "infra/modules/m.bicep";

    [Fact]
    public void Different_versions_of_one_type_are_noticed() =>
        AssertBroken<BicepVersionsRule>(
            "Microsoft.Web/sites has several API versions",
            (
                Module,
                "resource a 'Microsoft.Web/sites@2024-04-01' = {\n}\nresource b 'Microsoft.Web/sites@2023-12-01' = {\n}\n"
            )
        );

    [Fact]
    public void A_module_that_nobody_uses_is_noticed() =>
        AssertBroken<BicepModulesRule>(
            "infra/modules/m.bicep is used by nobody",
            ("infra/main.bicep", "module n 'modules/n.bicep' = {\n}\n"),
            (Module, "metadata description = 'A module for a test.'\n")
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

    private static Repository Repository(params (string Path, string Text)[] files) =>
        new(files.ToDictionary(file => file.Path, file => file.Text));

    private static void AssertBroken<TRule>(string complaint, params (string Path, string Text)[] files)
        where TRule : IRule, new() =>
        Assert.Contains(new TRule().Broken(Repository(files)), each => each.Contains(complaint));
}
