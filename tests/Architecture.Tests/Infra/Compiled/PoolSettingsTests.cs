namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>What the service is told of the pool that is made with it.</summary>
public sealed class PoolSettingsTests
{
    // The machine has fewer CPUs than the smallest size that manifests name: without it no such run would ever begin.
    [BicepTheory]
    [InlineData("development", "true")]
    [InlineData("production", "false")]
    public async Task Only_the_small_machine_stands_in_for_sizes_that_are_named(string name, string expected)
    {
        var deployment = await Deployment.GetAsync(name);

        var settings = Assert.Single(deployment.Of("Microsoft.Web/sites/config")).Properties.AsObject();
        Assert.Equal(expected, (string?)settings["Pool__SizeStandIn"]);
    }
}
