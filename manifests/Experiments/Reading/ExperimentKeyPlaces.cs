namespace Trainyard.Manifests.Experiments.Reading;

/// <summary>Where the keys of an experiment belong.</summary>
internal static class ExperimentKeyPlaces
{
    private const string Reference = "training_references[0]";
    private const string Search = $"{Reference}.hyper_parameters_optimization";

    private static readonly Dictionary<string, string> Places = new()
    {
        ["settings"] = "settings",
        ["description"] = "settings.description",
        ["author"] = "settings.author",
        ["evaluation_definition"] = "settings.evaluation_definition",
        ["training_references"] = "training_references",
        ["training_definition_url"] = $"{Reference}.training_definition_url",
        ["hyper_parameters_optimization"] = Search,
        ["method"] = $"{Search}.method",
        ["hyper_parameters"] = $"{Search}.hyper_parameters",
        ["training_data_reference"] = "training_data_reference",
        ["training_results_reference"] = "training_results_reference",
        ["tags"] = "tags",
    };

    public static string? Of(string key) => Places.GetValueOrDefault(key);
}
