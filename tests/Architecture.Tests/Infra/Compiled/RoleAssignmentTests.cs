namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>Who may do what: exactly these roles on exactly these things, and nothing besides.</summary>
public sealed class RoleAssignmentTests
{
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"] = "Storage Blob Data Reader",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["e147488a-f6f5-4113-8e2d-b22465e65bf6"] = "Key Vault Crypto Service Encryption User",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
        ["0ad04412-c4d5-4796-b79c-f76d14c8d402"] = "Durable Task Data Contributor",
        ["9980e02c-c2be-4d73-94e8-173b1dc7cf3c"] = "Virtual Machine Contributor",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
    };

    private static readonly string[] Always =
    [
        "functions: Key Vault Crypto Service Encryption User on keys/data-protection",
        "functions: Key Vault Secrets User on vaults",
        "functions: Monitoring Metrics Publisher on components",
        "functions: Storage Blob Data Owner on storageAccounts",
        "functions: Storage Queue Data Contributor on storageAccounts",
        "functions: Storage Table Data Contributor on storageAccounts",
        "operator: Key Vault Secrets Officer on vaults",
        "operator: Storage Blob Data Contributor on containers/agent",
    ];

    private static readonly string[] WithNodes =
    [
        "pool: Key Vault Secrets User on secrets/trainyard-pool-key",
        "pool: Storage Blob Data Reader on containers/agent",
    ];

    private const string Scaling = "functions: Virtual Machine Contributor on virtualMachineScaleSets";

    [BicepFact]
    public Task Before_there_are_nodes() => AssertGivenAsync("first", Always);

    [BicepFact]
    public Task In_development() => AssertGivenAsync("development", [.. Always, .. WithNodes, Scaling]);

    [BicepFact]
    public Task In_production() => AssertGivenAsync("production", [.. Always, .. WithNodes, Scaling]);

    [BicepFact]
    public Task With_a_pool_that_is_scaled_by_hand() => AssertGivenAsync("by hand", [.. Always, .. WithNodes]);

    [BicepFact]
    public Task With_a_Durable_Task_Scheduler() =>
        AssertGivenAsync(
            "scheduler",
            [.. Always, .. WithNodes, Scaling, "functions: Durable Task Data Contributor on taskHubs/Trainyard"]
        );

    private static async Task AssertGivenAsync(string name, string[] expected)
    {
        var deployment = await Deployment.GetAsync(name);
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            deployment
                .Of("Microsoft.Authorization/roleAssignments")
                .Select(role => role.Assignment(Roles))
                .Order(StringComparer.Ordinal)
        );
    }
}
