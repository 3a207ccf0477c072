namespace Trainyard.Manifests.Rules;

/// <summary>Where keys belong that some dialect has: for telling those who put one elsewhere.</summary>
internal static class KeyPlaces
{
    private const string Compute = "model_definition.execution.compute_configuration";

    private static readonly Dictionary<string, string> Places = new()
    {
        ["model_definition"] = "model_definition",
        ["training_data_reference"] = "training_data_reference",
        ["training_results_reference"] = "training_results_reference",
        ["data_stores"] = "training_data_reference",
        ["framework"] = "model_definition.framework",
        ["runtimes"] = "model_definition.framework.runtimes",
        ["author"] = "model_definition.author",
        ["description"] = "model_definition.description",
        ["mode"] = "training_data_reference.mode",
        ["include"] = "training_data_reference.source.include",
        ["exclude"] = "training_data_reference.source.exclude",
        ["execution"] = "model_definition.execution",
        ["command"] = "model_definition.execution.command",
        ["resource"] = $"{Compute}.name",
        ["resourceType"] = $"{Compute}.name",
        ["compute_configuration"] = Compute,
        ["nodes"] = $"{Compute}.nodes",
        ["learners"] = $"{Compute}.nodes",
        ["gpus"] = $"{Compute}.gpus",
        ["cpus"] = $"{Compute}.cpus",
        ["memory"] = $"{Compute}.memory",
        ["disk"] = $"{Compute}.disk",
        ["gpu_type"] = $"{Compute}.gpu_type",
        ["max_duration"] = "max_duration",
        ["retries"] = "retries",
        ["priority"] = "priority",
        ["preemptible"] = "preemptible",
        ["pool"] = "pool",
        ["requires"] = "requires",
        ["checkpoint"] = "checkpoint",
        ["notify"] = "notify",
        ["labels"] = "labels",
        ["env"] = "env",
        ["array"] = "array",
        ["dependencies"] = "dependencies",
        ["retention"] = "retention",
        ["evaluation_metrics"] = "evaluation_metrics",
    };

    private static readonly Dictionary<string, string> FfdlPlaces = new()
    {
        ["framework"] = "framework",
        ["command"] = "framework.command",
        ["data_stores"] = "data_stores",
        ["connection"] = "data_stores[0].connection",
        ["training_data_reference"] = "data_stores[0].training_data",
        ["training_results_reference"] = "data_stores[0].training_results",
        ["nodes"] = "learners",
        ["learners"] = "learners",
        ["gpus"] = "gpus",
        ["cpus"] = "cpus",
        ["memory"] = "memory",
        ["disk"] = "storage",
        ["gpu_type"] = "gpu_type",
    };

    public static string? Of(string key, bool ffdl) =>
        (ffdl ? FfdlPlaces.GetValueOrDefault(key) : null) ?? Places.GetValueOrDefault(key);
}
