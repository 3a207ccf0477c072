namespace Trainyard.Agent.Verbs;

/// <summary>A file to stage: its place on the node, and its path in the run's folder of the results bucket.</summary>
internal sealed record FoundFile(string Source, string Path)
{
    /// <summary>The length of the file when it was found.</summary>
    public long Bytes { get; init; }
}
