using Trainyard.Contracts;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Reading;

/// <summary>A store whose connection names a secret of the service, and where it does.</summary>
/// <param name="Store">The store that the secret opens.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Path">The field, as <c>training_data_reference.connection.secret</c>.</param>
/// <param name="Line">1-based line.</param>
/// <param name="Column">1-based column, in characters.</param>
public sealed record SecretReference(DataStoreReference Store, SecretName Name, string Path, int Line, int Column)
{
    internal static SecretReference? Of(DraftStore? store) =>
        store is { Secret: { } secret }
            ? new(store.Reference, secret.Name, secret.Path, secret.Mark.Line, secret.Mark.Column)
            : null;
}

/// <summary>Where a manifest names a secret.</summary>
internal sealed record SecretPlace(SecretName Name, string Path, Mark Mark);
