using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>
/// What a parameter file would put on Azure, as the compiler foretells it: all conditions and loops are settled, and an
/// expression is left only where Azure itself gives the value.
/// </summary>
internal sealed record Deployment(
    IReadOnlyList<DeployedResource> Resources,
    JsonNode Outputs,
    IReadOnlyList<string> Said
)
{
    public const string OperatorId = "11111111-1111-1111-1111-111111111111";
    public const string Group =
        "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/trainyard/providers/";
    private const string Tenant = "33333333-3333-3333-3333-333333333333";

    private static readonly Dictionary<string, string> Operator = new()
    {
        ["TRAINYARD_OPERATOR_ID"] = OperatorId,
        ["TRAINYARD_OPERATOR_TYPE"] = "User",
        ["TRAINYARD_NODE_PUBLIC_KEY"] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + new string('A', 44) + " operator",
        ["TRAINYARD_AGENT_SHA256"] = "",
        ["TRAINYARD_ALERT_EMAIL"] = "",
    };

    private static readonly Dictionary<string, string> WithAgent = new(Operator)
    {
        ["TRAINYARD_AGENT_SHA256"] = new string('0', 64),
        ["TRAINYARD_ALERT_EMAIL"] = "operators@example.org",
        ["TRAINYARD_NODE_COUNT"] = "3",
    };

    private static readonly Dictionary<string, Lazy<Task<Deployment>>> All = new()
    {
        // As infra/deploy begins: there is no agent yet.
        ["first"] = new(() => ForetellAsync("development", Operator)),
        ["development"] = new(() => ForetellAsync("development", WithAgent)),
        ["production"] = new(() => ForetellAsync("production", WithAgent)),
        ["scheduler"] = new(() =>
            ForetellAsync("production", WithAgent, "durableBackend = 'storage'", "durableBackend = 'scheduler'")
        ),
        ["by hand"] = new(() => ForetellAsync("production", WithAgent, "nodeMaximum = 4", "nodeMaximum = 0")),
    };

    public static IReadOnlyList<string> Names { get; } = [.. All.Keys];

    public static Task<Deployment> GetAsync(string name) => All[name].Value;

    public IEnumerable<DeployedResource> Of(string type) => Resources.Where(resource => resource.Type == type);

    /// <summary>A parameter file with something else in it.</summary>
    public static Task<Deployment> ForetellAsync(string name, string instead, string put) =>
        ForetellAsync(name, WithAgent, instead, put);

    private static async Task<Deployment> ForetellAsync(
        string name,
        Dictionary<string, string> variables,
        string instead = "",
        string put = ""
    )
    {
        using var bicep = new Bicep();
        var file = $"infra/parameters/{name}.bicepparam";
        if (instead is not "")
        {
            Assert.Contains(instead, Bicep.Infra[file]);
            bicep.Write(file, Bicep.Infra[file].Replace(instead, put));
        }

        foreach (var (variable, value) in variables)
        {
            bicep.Variables[variable] = value;
        }

        var scope = Group.Split('/');
        string[] where =
        [
            .. new[] { "--tenant-id", Tenant, "--subscription-id", scope[2], "--resource-group", scope[4] },
            .. new[] { "--location", "westeurope", "--deployment-name", "trainyard-whole" },
        ];
        var said = await bicep.RunAsync(["snapshot", file, .. where]);
        var snapshot = bicep.Read(Path.ChangeExtension(file, ".snapshot.json"));
        var root = JsonNode.Parse(snapshot is "" ? "{}" : snapshot)!;
        return new Deployment(
            [.. (root["predictedResources"]?.AsArray() ?? []).Select(each => new DeployedResource(each!))],
            root["outputs"] ?? new JsonObject(),
            said
        );
    }
}

/// <param name="Node">Its type, name, properties and the rest.</param>
internal sealed partial record DeployedResource(JsonNode Node)
{
    public string Type => (string)Node["type"]!;

    public string Name => (string)Node["name"]!;

    public string Id => (string)Node["id"]!;

    public JsonNode Properties => Node["properties"] ?? new JsonObject();

    /// <summary>A value deep in its properties, as text; empty where there is none.</summary>
    public string this[string path] =>
        path.Split('.').Aggregate((JsonNode?)Properties, (node, name) => node?[name])?.ToString() ?? "";

    /// <summary>Who may do what on what, of a role assignment: <c>pool: Storage Blob Data Reader on containers/agent</c>.</summary>
    public string Assignment(IReadOnlyDictionary<string, string> roles)
    {
        var principal = this["principalId"];
        var who = principal == Deployment.OperatorId ? "operator" : Identity().Match(principal).Groups["name"].Value;
        var role = this["roleDefinitionId"].Split('/')[^1];
        var scope = Id.Split("/providers/Microsoft.Authorization/")[0];
        // The namespace, then a kind and a name for each level.
        var path = scope.StartsWith(Deployment.Group) ? scope[Deployment.Group.Length..].Split('/') : ["", scope, ""];
        var what = path.Length == 3 ? path[1] : $"{path[^2]}/{path[^1]}";
        return $"{who}: {roles.GetValueOrDefault(role, role)} on {what}";
    }

    [GeneratedRegex(@"userAssignedIdentities/trainyard-(?<name>\w+)'")]
    private static partial Regex Identity();
}
