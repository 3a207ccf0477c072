using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Manifests.Archives;

/// <summary>The content of an archive and its problems.</summary>
public sealed record ArchiveInspection
{
    public required IReadOnlyList<ArchiveProblem> Errors { get; init; }

    public required IReadOnlyList<ArchiveProblem> Warnings { get; init; }

    /// <summary>Paths of the files, with <c>/</c>, in the archive's order.</summary>
    public IReadOnlyList<string> FileNames { get; init; } = [];

    public bool IsValid => Errors.Count == 0;
}
