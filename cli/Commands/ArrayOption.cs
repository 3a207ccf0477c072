using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Submission;
using Trainyard.Manifests;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Cli.Commands;

/// <summary><c>--array KEY=a,b,c</c>: the key <c>array</c> of a manifest.</summary>
internal static class ArrayOption
{
    public static Option<ArrayArgument[]?> Create() =>
        new("--array")
        {
            Description = "a variable and its values: one run for each combination, as one entry; may be repeated",
            HelpName = "KEY=VALUE,VALUE,…",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = ArrayArgument.ParseAll,
        };

    /// <summary>The manifest with the array in it; as it is where none is given.</summary>
    /// <exception cref="CliFailure">The manifest does not take it, or the array is wrong.</exception>
    public static ManifestFile Apply(ManifestFile manifest, ArrayArgument[]? given, Terminal terminal)
    {
        if (given is not { Length: > 0 })
        {
            return manifest;
        }
        var variables = given.ToDictionary(argument => argument.Name, argument => argument.Values);
        var text =
            ArrayText.Insert(manifest.Text, variables)
            ?? throw CliFailure.InvalidInput(
                "array_not_added",
                $"--array cannot be added to '{manifest.Name}', which has 'array' already or cannot be read: correct it."
            );
        var whole = manifest with { Bytes = System.Text.Encoding.UTF8.GetBytes(text) };
        var errors = ManifestParser.Parse(whole.Bytes, mode: ManifestParseMode.Offline).Errors;
        return errors.Where(IsOfArray).ToList() is { Count: > 0 } wrong ? throw Refusal(whole, wrong, terminal) : whole;
    }

    private static bool IsOfArray(ManifestProblem problem) =>
        problem.Path is "array" || problem.Path.StartsWith("array.", StringComparison.Ordinal);

    private static CliFailure Refusal(ManifestFile manifest, List<ManifestProblem> wrong, Terminal terminal)
    {
        var lines = new ProblemLines(terminal, manifest);
        return new CliFailure(
            ExitCode.InvalidInput,
            "invalid_array",
            "--array is not what an array may be: correct it."
        )
        {
            Details = [.. wrong.SelectMany(problem => lines.Of(problem))],
        };
    }
}
