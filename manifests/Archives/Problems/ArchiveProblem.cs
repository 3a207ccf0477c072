namespace Trainyard.Manifests.Archives.Problems;

/// <summary>One thing that is wrong with an archive (or, as a warning, looks wrong).</summary>
/// <param name="Code">Stable, snake_case; <see cref="ArchiveCodes"/> has them all.</param>
/// <param name="Message">One readable sentence.</param>
/// <param name="Entry">The entry's path, or null for the whole archive.</param>
/// <param name="Allowed">What is accepted, or null.</param>
public sealed record ArchiveProblem(string Code, string Message, string? Entry = null, string? Allowed = null);

/// <summary>An archive was not unpacked, because of these problems.</summary>
public sealed class ArchiveException(IReadOnlyList<ArchiveProblem> problems) : Exception(problems[0].Message)
{
    public IReadOnlyList<ArchiveProblem> Problems { get; } = problems;
}
