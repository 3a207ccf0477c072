using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Rules;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests;

/// <summary>
/// Parses manifest text of any documented dialect into one canonical model, with separate secrets. Reports all
/// problems at once and throws for no input.
/// </summary>
public static class ManifestParser
{
    // Each rule reads one part; the last two report unknown and missing keys.
    private static readonly IManifestRule[] Rules =
    [
        new DefinitionRule(),
        new NameRule(),
        new DescriptionRule(),
        new AuthorRule(),
        new FrameworkRule(),
        new CommandRule(),
        new ComputeRule(),
        new TrainingDataRule(),
        new TrainingResultsRule(),
        new FfdlStoresRule(),
        new FfdlExtrasRule(),
        new SameBucketRule(),
        new MaxDurationRule(),
        new RetriesRule(),
        new PriorityRule(),
        new PreemptibleRule(),
        new PoolRule(),
        new RequiresRule(),
        new CheckpointRule(),
        new NotifyRule(),
        new LabelsRule(),
        new EnvRule(),
        new ArrayRule(),
        new DependenciesRule(),
        new RetentionRule(),
        new EvaluationMetricsRule(),
        new UnknownKeysRule(),
        new MissingKeysRule(),
    ];

    /// <param name="utf8">The manifest's bytes: UTF-8, with or without a byte-order mark.</param>
    /// <param name="limits">Bounds on the manifest; null for the defaults.</param>
    /// <param name="catalog">The frameworks offered; null for those that come with the product.</param>
    /// <param name="mode">Whether the manifest is about to run or only looked at.</param>
    public static ManifestParseResult Parse(
        ReadOnlySpan<byte> utf8,
        ManifestLimits? limits = null,
        FrameworkCatalog? catalog = null,
        ManifestParseMode mode = ManifestParseMode.Submit
    )
    {
        limits ??= ManifestLimits.Default;
        var problems = new ProblemList(limits.MaxProblems);
        var text = ManifestText.Decode(utf8, limits, problems);
        return text is null ? Result(problems, null) : Parse(text, limits, catalog, mode, problems);
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, ManifestLimits?, FrameworkCatalog?, ManifestParseMode)"/>
    public static ManifestParseResult Parse(
        string text,
        ManifestLimits? limits = null,
        FrameworkCatalog? catalog = null,
        ManifestParseMode mode = ManifestParseMode.Submit
    )
    {
        limits ??= ManifestLimits.Default;
        return Parse(text, limits, catalog, mode, new ProblemList(limits.MaxProblems));
    }

    private static ManifestParseResult Parse(
        string text,
        ManifestLimits limits,
        FrameworkCatalog? catalog,
        ManifestParseMode mode,
        ProblemList problems
    )
    {
        if (ManifestText.Check(text, limits, problems) is not { } clean)
        {
            return Result(problems, null);
        }

        var root = new YamlTreeReader(limits, problems).Read(clean);
        return !InvisibleCharacters.Check(clean, root, problems) || root is null
            ? Result(problems, null)
            : Read(root, limits, catalog, mode, problems);
    }

    private static ManifestParseResult Read(
        YamlNode root,
        ManifestLimits limits,
        FrameworkCatalog? catalog,
        ManifestParseMode mode,
        ProblemList problems
    )
    {
        if (root is YamlMap map)
        {
            var context = new ManifestContext(map, catalog ?? FrameworkCatalog.Default, mode, problems)
            {
                Limits = limits,
            };
            if (KindRule.Refuses(context))
            {
                return Result(problems, null);
            }

            foreach (var rule in Rules)
            {
                rule.Apply(context);
            }

            return Result(problems, context, new ManifestKeys(map));
        }

        var (code, message) = root is YamlScalar { IsNull: true }
            ? (ManifestCodes.Empty, "The manifest is empty.")
            : (ManifestCodes.WrongShape, "A manifest is a map of keys and values.");
        problems.Error(code, message, "", root.Start, "keys such as model_definition");
        return Result(problems, null);
    }

    private static ManifestParseResult Result(ProblemList problems, ManifestContext? context, ManifestKeys? keys = null)
    {
        var dialect = context is null ? ManifestDialect.Unknown : DialectRecognition.Recognise(context.Signs);
        var valid = context is not null && !problems.HasErrors;
        return new()
        {
            Manifest = valid ? context!.Draft.ToManifest(dialect) : null,
            Secrets = valid ? context!.Draft.ToSecrets() : null,
            DataSecret = SecretReference.Of(context?.Draft.Data),
            ResultsSecret = SecretReference.Of(context?.Draft.Results),
            RegistrySecret = SecretReference.OfRegistry(context?.Draft.RegistrySecret),
            Errors = problems.Errors(),
            Warnings = problems.Warnings(),
            Dialect = dialect,
            Keys = keys ?? ManifestKeys.None,
        };
    }
}
