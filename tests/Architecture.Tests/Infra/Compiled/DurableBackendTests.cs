using System.Text.Json.Nodes;
using Trainyard.Architecture.Tests.Infra.Running;

namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>Where orchestrations are kept is one word, which the parameters, the settings, the script and the project understand alike.</summary>
public sealed class DurableBackendTests : IDisposable
{
    private const string Package = "Microsoft.Azure.Functions.Worker.Extensions.DurableTask.AzureManaged";
    private const string DurableTask = "AzureFunctionsJobHost__extensions__durableTask__";
    private const string Connection = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING";

    private readonly Script _script = new();

    public void Dispose() => _script.Dispose();

    [BicepFact]
    public async Task The_parameter_takes_two_words_and_gives_the_one_it_took()
    {
        var main = (await CompiledInfra.GetAsync()).Templates["infra/main.bicep"].Root;

        var parameter = main["parameters"]!["durableBackend"]!;
        Assert.Equal(["storage", "scheduler"], parameter["allowedValues"]!.AsArray().Select(each => (string?)each));
        Assert.Equal("storage", (string?)parameter["defaultValue"]);
        Assert.Equal("scheduler", (string?)(await Deployment.GetAsync("scheduler")).Outputs["durableBackend"]);
    }

    [BicepFact]
    public async Task With_the_scheduler_the_host_is_told_where_its_hub_is_and_who_it_is_there()
    {
        var deployment = await Deployment.GetAsync("scheduler");

        var settings = Settings(deployment);
        var hub = Assert.Single(deployment.Of("Microsoft.DurableTask/schedulers/taskHubs")).Name.Split('/')[^1];
        Assert.Equal(hub, (string?)settings[DurableTask + "hubName"]);
        Assert.Equal("azureManaged", (string?)settings[DurableTask + "storageProvider__type"]);
        // host.json names a connection by the first, which is taken before the second.
        Assert.Equal(Connection, (string?)settings[DurableTask + "storageProvider__connectionName"]);
        Assert.Equal(Connection, (string?)settings[DurableTask + "storageProvider__connectionStringName"]);
        var connection = (string?)settings[Connection];
        Assert.Contains("Endpoint={0};TaskHub={1};Authentication=ManagedIdentity;ClientID={2}", connection);
        Assert.Contains("/schedulers/", connection);
        Assert.Contains("userAssignedIdentities/trainyard-functions", connection);
    }

    [BicepTheory]
    [InlineData("first")]
    [InlineData("development")]
    [InlineData("production")]
    public async Task Without_it_host_json_holds_and_no_scheduler_is_paid_for(string name)
    {
        var deployment = await Deployment.GetAsync(name);

        Assert.DoesNotContain(deployment.Resources, each => each.Type.StartsWith("Microsoft.DurableTask/"));
        Assert.DoesNotContain(
            Settings(deployment),
            each => each.Key.Contains("storageProvider") || each.Key == Connection
        );
        Assert.Equal("Trainyard", (string?)Settings(deployment)[DurableTask + "hubName"]);
    }

    [Theory]
    [InlineData("scheduler", true)]
    [InlineData("storage", false)]
    public async Task The_scheduler_s_client_is_built_in_only_where_it_is_asked_for(string word, bool isThere)
    {
        var project = Path.Combine(Repository.Root(), "functions", "Trainyard.Functions.csproj");

        var (code, output) = await _script.RunAsync(
            "dotnet",
            "msbuild",
            project,
            $"-p:DurableBackend={word}",
            "-getItem:PackageReference"
        );

        Assert.True(code == 0, output);
        var packages = JsonNode.Parse(output)!["Items"]!["PackageReference"]!.AsArray();
        Assert.Equal(isThere, packages.Any(package => (string?)package!["Identity"] == Package));
    }

    private static JsonObject Settings(Deployment deployment) =>
        Assert.Single(deployment.Of("Microsoft.Web/sites/config")).Properties.AsObject();
}
