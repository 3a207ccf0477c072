using Trainyard.Contracts;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Reading;

/// <summary>A store's connection, or an image, that names a secret of the service, and where it does.</summary>
/// <param name="Store">The store that the secret opens; null for the registry of an image.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Path">The field, as <c>training_data_reference.connection.secret</c>.</param>
/// <param name="Line">1-based line.</param>
/// <param name="Column">1-based column, in characters.</param>
public sealed record SecretReference(DataStoreReference? Store, SecretName Name, string Path, int Line, int Column)
{
    internal static SecretReference? Of(DraftStore? store) =>
        store is { Secret: { } secret }
            ? new(store.Reference, secret.Name, secret.Path, secret.Mark.Line, secret.Mark.Column)
            : null;

    internal static SecretReference? OfRegistry(SecretPlace? secret) =>
        secret is null ? null : new(null, secret.Name, secret.Path, secret.Mark.Line, secret.Mark.Column);
}

/// <summary>Where a manifest names a secret.</summary>
internal sealed record SecretPlace(SecretName Name, string Path, Mark Mark)
{
    /// <summary>The secret that a section's key <c>secret</c> names; null without one, or with an error.</summary>
    public static SecretPlace? Read(ManifestContext context, Section section)
    {
        var field = section.Take("secret");
        if (context.Words(field, SecretName.MaxLength) is not { } text)
        {
            return null;
        }

        if (SecretName.TryParse(text, out var name))
        {
            return new SecretPlace(name, field!.Path, field.Mark);
        }

        context.Bad<string>(field!, ManifestCodes.NotAName, "is not a secret's name", SecretName.Rule);
        return null;
    }
}
