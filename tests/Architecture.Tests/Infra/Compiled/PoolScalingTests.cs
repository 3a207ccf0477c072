using System.Text.Json.Nodes;

namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>Who decides how many nodes there are: the service between two bounds, or an operator.</summary>
public sealed class PoolScalingTests
{
    private const string Setting = "Azure__ScaleSet__ResourceId";

    [BicepTheory]
    [InlineData("first", "1")]
    [InlineData("development", "1")]
    [InlineData("production", "4")]
    public async Task The_service_is_told_which_scale_set_it_scales_and_between_what(string name, string maximum)
    {
        var settings = Settings(await Deployment.GetAsync(name));

        Assert.EndsWith("Microsoft.Compute/virtualMachineScaleSets/trainyard-default", (string?)settings[Setting]);
        Assert.Equal("0", (string?)settings["Pool__Scaling__Minimum"]);
        Assert.Equal(maximum, (string?)settings["Pool__Scaling__Maximum"]);
        Assert.Equal("1", (string?)settings["Pool__Scaling__NodeGpus"]);
        Assert.Equal(TimeSpan.FromMinutes(15), TimeSpan.Parse((string)settings["Pool__Scaling__IdleTime"]!));
    }

    [BicepFact]
    public async Task The_scale_set_that_the_service_is_told_of_is_the_one_that_is_made()
    {
        var deployment = await Deployment.GetAsync("production");

        Assert.Equal(Nodes(deployment).Id, (string?)Settings(deployment)[Setting]);
        Assert.Equal(Nodes(deployment).Name, (string?)deployment.Outputs["scaleSetName"]);
    }

    [BicepFact]
    public async Task Scaled_by_hand_the_service_is_told_of_no_scale_set()
    {
        var deployment = await Deployment.GetAsync("by hand");

        Assert.DoesNotContain(
            Settings(deployment),
            each => each.Key == Setting || each.Key.StartsWith("Pool__Scaling")
        );
    }

    [BicepFact]
    public async Task Bounds_that_exclude_each_other_are_refused_before_anything_is_made()
    {
        const string Bounds = "nodeMaximum = 4\nparam nodeMinimum = 5";

        var deployment = await Deployment.ForetellAsync("production", "nodeMaximum = 4", Bounds);

        Assert.Contains(deployment.Said, line => line.Contains("nodeMaximum is below nodeMinimum"));
    }

    [BicepTheory]
    [InlineData("development")]
    [InlineData("production")]
    [InlineData("by hand")]
    public async Task A_deployment_leaves_as_many_nodes_as_there_are(string name) =>
        Assert.Equal(3, (int?)Nodes(await Deployment.GetAsync(name)).Node["sku"]!["capacity"]);

    [BicepFact]
    public async Task Spot_machines_that_were_taken_come_back_when_the_service_asks_for_them()
    {
        var nodes = Nodes(await Deployment.GetAsync("development"));

        Assert.Equal("Delete", nodes["virtualMachineProfile.evictionPolicy"]);
        Assert.Equal("false", nodes["spotRestorePolicy.enabled"]);
    }

    private static JsonObject Settings(Deployment deployment) =>
        Assert.Single(deployment.Of("Microsoft.Web/sites/config")).Properties.AsObject();

    private static DeployedResource Nodes(Deployment deployment) =>
        Assert.Single(deployment.Of("Microsoft.Compute/virtualMachineScaleSets"));
}
