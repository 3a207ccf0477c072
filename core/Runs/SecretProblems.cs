using Trainyard.Contracts;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Stores;
using Trainyard.Manifests.Text;

namespace Trainyard.Core.Runs;

/// <summary>Problems with the named secrets of a manifest, worded for clients.</summary>
internal static class SecretProblems
{
    private const int MostNamesListed = 20;

    public static ProblemItem NotFound(SecretReference reference, IReadOnlyList<SecretName> names) =>
        At(reference) with
        {
            Code = "secret_not_found",
            Message = $"You keep no secret named `{reference.Name}`.",
            Allowed = names.Count is 0 or > MostNamesListed
                ? "the name of a secret that you keep with the service"
                : string.Join(", ", names),
            Suggestion = Nearest.To(reference.Name.ToString(), names.Select(n => n.ToString())),
        };

    public static ProblemItem Unfit(SecretReference reference, string objection) =>
        At(reference) with
        {
            Code = "secret_unfit",
            Message =
                $"The secret `{reference.Name}` {objection}: it does not open a "
                + (reference.Store is { } store ? $"store of type `{StoreTypes.Canonical(store.Type)}`." : "registry."),
        };

    private static ProblemItem At(SecretReference reference) =>
        new()
        {
            Code = "",
            Message = "",
            Source = SubmissionProblems.ManifestSource,
            Path = reference.Path,
            Line = reference.Line,
            Column = reference.Column,
        };
}
