namespace Trainyard.Manifests.Gpus;

/// <summary>A type of GPU as manifests name it, and how drivers' names are told to be it.</summary>
public sealed record GpuType
{
    private const string Slice = "mig";

    public required string Name { get; init; }

    /// <summary>Other texts that mean it, in lower case.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>What must be in a driver's name, in lower case.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>What must not be in it.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Whether a GPU that its driver calls so is of this type.</summary>
    public bool IsModel(string model)
    {
        var words = WordsOf(model);
        // A slice is less than its GPU: it is had only by who asks for slices.
        return Words.All(words.Contains)
            && !Without.Any(words.Contains)
            && (Words.Contains(Slice) || !words.Contains(Slice));
    }

    internal static string[] WordsOf(string text) =>
        text.ToLowerInvariant()
            .Split([' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
