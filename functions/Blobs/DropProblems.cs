using Trainyard.Contracts;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Blobs;

/// <summary>Problems of dropped files that show before their content is read, and refused submissions.</summary>
internal static class DropProblems
{
    public static Problem UnknownOwner(string folder) =>
        Of(
            "unknown_owner",
            Owner.TryParse(folder, out _)
                ? $"The owner `{folder}` has no key, so nobody could see the run: make one (`bx ml keys add {folder}`), then drop the files again."
                : $"`{folder}` is not an owner's name, which is 1 to 64 of a-z, 0-9, '.', '_' and '-' and begins with a letter or digit."
        );

    public static Problem Ambiguous(Drop drop) =>
        Of(
            "drop_ambiguous",
            $"More than one archive or manifest has this name ({string.Join(", ", drop.Files.Select(f => f.Name).Order(StringComparer.Ordinal))}): leave one of each."
        );

    public static Problem Incomplete(Drop drop) =>
        Of(
            "drop_incomplete",
            drop.Archives.Any()
                ? "The archive has no manifest of the same name beside it (.yaml, .yml or .json)."
                : "The manifest has no archive of the same name beside it (.zip)."
        );

    public static Problem Unreadable { get; } =
        Of("drop_unreadable", "The archive or the manifest is empty, a link, a pipe, or may not be read.");

    public static Problem Refused(SubmissionResult result) =>
        Of("invalid_submission", null) with
        {
            Errors = result.Problems,
        };

    private static Problem Of(string code, string? detail) =>
        new()
        {
            Title = "Bad Request",
            Status = 400,
            Code = code,
            Detail = detail,
        };
}
