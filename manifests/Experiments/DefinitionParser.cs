using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Rules;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Experiments;

/// <summary>The file of a training definition: name, framework, command, and who made it. Throws for no input.</summary>
public static class DefinitionParser
{
    private static readonly IManifestRule[] Rules =
    [
        new NameRule(),
        new DescriptionRule(),
        new AuthorRule(),
        new FrameworkRule(),
        new UnknownKeysRule(),
        new MissingKeysRule(),
    ];

    /// <summary>Whether this is the text of a definition rather than of a run or an experiment.</summary>
    public static bool IsMeantBy(ReadOnlySpan<byte> utf8)
    {
        var root = ExperimentText.Read(utf8, ManifestLimits.Default, new ProblemList(1)) as YamlMap;
        bool Has(string key) => root?.Entries.Any(e => e.Key.Text == key) == true;
        return Has("framework")
            && (Has("command") || Has("execution"))
            && !Has("data_stores")
            && !Has("model_definition");
    }

    public static DefinitionParseResult Parse(ReadOnlySpan<byte> utf8)
    {
        var problems = new ProblemList(ManifestLimits.Default.MaxProblems);
        switch (ExperimentText.Read(utf8, ManifestLimits.Default, problems))
        {
            case YamlMap map:
                return Parse(map, problems);
            case { } other:
                problems.Error(
                    ManifestCodes.WrongShape,
                    "A training definition is a map of keys and values.",
                    "",
                    other.Start,
                    "keys such as framework"
                );
                break;
        }

        return new() { Errors = problems.Errors(), Warnings = problems.Warnings() };
    }

    private static DefinitionParseResult Parse(YamlMap map, ProblemList problems)
    {
        var context = new ManifestContext(map, FrameworkCatalog.Default, ManifestParseMode.Offline, problems)
        {
            PlaceOf = _ => null,
            ReadsRoot = true,
        };
        // The experiment or run that names the definition brings the stores.
        foreach (var key in new[] { "training_data_reference", "training_results_reference" })
        {
            if (context.Root.Take(key) is { } store)
            {
                context.Bad<string>(
                    store,
                    ManifestCodes.MisplacedKey,
                    "belongs into the experiment that names the definition"
                );
            }
        }

        var command = context.Root.Take("command") ?? context.Root.Open("execution")?.Take("command");
        if (command is null)
        {
            context.Root.Missing("command", "it is what each run executes");
        }

        context.Draft.Command = CommandRule.Text(context, command);
        foreach (var rule in Rules)
        {
            rule.Apply(context);
        }

        var draft = context.Draft;
        return new()
        {
            Definition = problems.HasErrors
                ? null
                : new DefinitionManifest(
                    draft.Name!,
                    draft.Description,
                    draft.Author,
                    draft.Framework!,
                    draft.Command!
                ),
            Errors = problems.Errors(),
            Warnings = problems.Warnings(),
        };
    }
}

/// <summary>A training definition as its file describes it.</summary>
public sealed record DefinitionManifest(
    string Name,
    string? Description,
    ManifestAuthor? Author,
    FrameworkReference Framework,
    string Command
);

/// <summary>What parsing gave: a definition, or every error at once.</summary>
public sealed class DefinitionParseResult
{
    /// <summary>Null when there is any error.</summary>
    public DefinitionManifest? Definition { get; init; }

    public required IReadOnlyList<ManifestProblem> Errors { get; init; }

    public required IReadOnlyList<ManifestProblem> Warnings { get; init; }
}
