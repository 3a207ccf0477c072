namespace Trainyard.Manifests.Gpus;

/// <summary>A GPU type as manifests name it, with the rules for matching drivers' names.</summary>
public sealed record GpuType
{
    private const string Slice = "mig";

    public required string Name { get; init; }

    /// <summary>Other names of the type, in lower case.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>Words that a driver's name must contain, in lower case.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Words that a driver's name must not contain.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Whether a GPU with this driver name is of this type.</summary>
    public bool IsModel(string model)
    {
        var words = WordsOf(model);
        // A slice is less than a whole GPU, so only a request for slices matches it.
        return Words.All(words.Contains)
            && !Without.Any(words.Contains)
            && (Words.Contains(Slice) || !words.Contains(Slice));
    }

    internal static string[] WordsOf(string text) =>
        text.ToLowerInvariant()
            .Split([' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
