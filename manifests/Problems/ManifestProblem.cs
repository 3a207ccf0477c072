namespace Trainyard.Manifests.Problems;

/// <summary>One thing that is wrong with a manifest (or, as a warning, looks wrong). Never quotes a secret.</summary>
/// <param name="Code">Stable, snake_case; docs/manifest.md lists every one.</param>
/// <param name="Message">One readable sentence.</param>
/// <param name="Path">The field, as <c>training_data_reference[0].source.bucket</c>; empty for the whole text.</param>
/// <param name="Line">1-based line.</param>
/// <param name="Column">1-based column, in characters.</param>
/// <param name="Allowed">What may stand there, or null.</param>
/// <param name="Suggestion">The nearest allowed text, or null.</param>
public sealed record ManifestProblem(
    string Code,
    string Message,
    string Path,
    int Line,
    int Column,
    string? Allowed = null,
    string? Suggestion = null
);
