using System.Text;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests;

/// <summary>A manifest's text with its references replaced, or the variables that are not set.</summary>
/// <param name="Text">What to send. It holds secrets: never print it.</param>
public sealed record EnvResolution(string Text, IReadOnlyList<ManifestProblem> Problems)
{
    /// <summary>Says nothing of the text.</summary>
    public override string ToString() => $"{nameof(EnvResolution)}({Secret.Mask})";
}

/// <summary>
/// Replaces <c>${env:NAME}</c> in connections and signing keys before a manifest is sent, so that the
/// file itself can be kept in version control. Everything else in the text stays as it is.
/// </summary>
public static class EnvReferences
{
    /// <param name="text">The manifest.</param>
    /// <param name="lookup">A variable's value by its name, or null when it is not set.</param>
    /// <param name="limits">Bounds on the text; null for the defaults.</param>
    public static EnvResolution Resolve(string text, Func<string, string?> lookup, ManifestLimits? limits = null)
    {
        var problems = new ProblemList(100);
        // A text that is not a manifest is sent unchanged, because the parser explains the mistake better.
        var ignored = new ProblemList(1);
        if (
            !text.Contains(EnvReference.Sign)
            || ManifestText.Check(text, limits ?? new(), ignored) is not { } clean
            || new YamlTreeReader(limits ?? new(), ignored).Read(clean) is not { } root
        )
        {
            return new(text, []);
        }

        var resolved = new StringBuilder(clean);
        var places = SecretPlaces
            .In(root)
            .DistinctBy(p => p.Scalar.Start.Index)
            .OrderByDescending(p => p.Scalar.Start.Index);
        foreach (var (scalar, path) in places)
        {
            Replace(resolved, scalar, path, lookup, problems);
        }

        return new(resolved.ToString(), problems.Errors());
    }

    private static void Replace(
        StringBuilder text,
        YamlScalar scalar,
        string path,
        Func<string, string?> lookup,
        ProblemList problems
    )
    {
        var value = EnvReference
            .Pattern()
            .Replace(scalar.Text, match => lookup(match.Groups[1].Value) ?? Missing(match.Groups[1].Value));
        if (value != scalar.Text)
        {
            var length = scalar.End.Index - scalar.Start.Index;
            text.Remove(scalar.Start.Index, length);
            text.Insert(scalar.Start.Index, YamlText.Quoted(value.TrimEnd('\n')) + LineBreak(scalar));
        }

        string Missing(string name)
        {
            problems.Error(
                ManifestCodes.EnvReference,
                $"{Quote.Key(path)} takes the variable {Quote.Key(name)}, which is not set; set it, or write the value.",
                path,
                scalar.Start
            );
            return "";
        }
    }

    // A block scalar reaches to the start of the next line.
    private static string LineBreak(YamlScalar scalar) =>
        scalar.End.Line > scalar.Start.Line && scalar.End.Column == 1 ? "\n" : "";
}
