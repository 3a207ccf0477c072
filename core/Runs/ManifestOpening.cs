using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Manifests;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Stores;

namespace Trainyard.Core.Runs;

/// <summary>
/// Resolves the owner's named secrets in a submitted manifest. This happens once: a later change of a secret does not
/// affect the run.
/// </summary>
internal sealed class ManifestOpening(ISecretStore secrets)
{
    /// <summary>
    /// The manifest with all its credentials. Returns null, and adds the problems, when a secret is missing or does
    /// not fit.
    /// </summary>
    public async Task<OpenedManifest?> OpenAsync(
        Owner owner,
        ManifestParseResult parsed,
        List<ProblemItem> problems,
        CancellationToken cancellationToken
    )
    {
        var found = new List<ProblemItem>();
        var data = await OpenAsync(owner, parsed.DataSecret, found, cancellationToken);
        var results = await OpenAsync(owner, parsed.ResultsSecret, found, cancellationToken);
        var registry = await OpenRegistryAsync(owner, parsed.RegistrySecret, found, cancellationToken);
        // FfDL uses one connection for data and results, so each of its problems is found twice.
        problems.AddRange(found.Distinct());
        if (!parsed.IsValid || found.Count > 0)
        {
            return null;
        }
        data ??= new(parsed.Manifest.TrainingData, parsed.Secrets.Data);
        results ??= new(parsed.Manifest.TrainingResults, parsed.Secrets.Results);
        return new OpenedManifest(
            parsed.Manifest with
            {
                TrainingData = data.Store,
                TrainingResults = results.Store,
            },
            new RunSecrets
            {
                Data = data.Credentials,
                Results = results.Credentials,
                Registry = registry ?? StoreCredentials.None,
                NotifySecret = parsed.Secrets.NotifySecret,
            }
        );
    }

    private async Task<OpenedStore?> OpenAsync(
        Owner owner,
        SecretReference? reference,
        List<ProblemItem> problems,
        CancellationToken cancellationToken
    )
    {
        if (reference?.Store is not { } store)
        {
            return null;
        }
        var secret = await FindAsync(owner, reference, problems, cancellationToken);
        if (secret is null)
        {
            return null;
        }
        if (SecretFit.Objection(store.Type, secret.Credentials) is { } objection)
        {
            problems.Add(SecretProblems.Unfit(reference, objection));
            return null;
        }
        return StoreOpening.Open(store, secret.Credentials);
    }

    private async Task<StoreCredentials?> OpenRegistryAsync(
        Owner owner,
        SecretReference? reference,
        List<ProblemItem> problems,
        CancellationToken cancellationToken
    )
    {
        if (reference is null)
        {
            return null;
        }
        var secret = await FindAsync(owner, reference, problems, cancellationToken);
        if (secret is null)
        {
            return null;
        }
        if (SecretFit.RegistryObjection(secret.Credentials) is { } objection)
        {
            problems.Add(SecretProblems.Unfit(reference, objection));
            return null;
        }
        return StoreCredentials.Of(
            SecretFit.RegistryFields.Select(f => KeyValuePair.Create(f, new Secret(secret.Credentials.Reveal(f)!)))
        );
    }

    private async Task<NamedSecret?> FindAsync(
        Owner owner,
        SecretReference reference,
        List<ProblemItem> problems,
        CancellationToken cancellationToken
    )
    {
        var secret = await secrets.GetAsync(owner, reference.Name, cancellationToken);
        if (secret is null)
        {
            var names = await secrets.ListAsync(owner, cancellationToken);
            problems.Add(SecretProblems.NotFound(reference, names));
        }
        return secret;
    }
}

/// <summary>A manifest, and every secret it needs.</summary>
internal sealed record OpenedManifest(TrainingManifest Manifest, RunSecrets Secrets);
