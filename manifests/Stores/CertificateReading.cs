using Trainyard.Contracts.Http;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Stores;

/// <summary><c>ca_certificate</c>: authorities of a store's or a receiver's own, in PEM.</summary>
internal static class CertificateReading
{
    public const string Key = "ca_certificate";

    private const string Allowed = "the authority's certificate, from `-----BEGIN CERTIFICATE-----` to its end";

    public static string? Read(ManifestContext context, Section section, Uri? address)
    {
        if (section.Take(Key) is not { } field || context.Words(field, FieldLimits.Certificates) is not { } text)
        {
            return null;
        }

        // Checked before anything reads it, so that a value written by mistake is not kept.
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return Bad(context, field, "holds a private key, which belongs to the authority alone");
        }

        if (CertificateAuthorities.TryRead(text) is not { } authorities)
        {
            return Bad(context, field, "holds no certificate in PEM, or a broken one");
        }

        if (authorities.Count > FieldLimits.CertificateCount)
        {
            return context.Bad<string>(
                field,
                ManifestCodes.TooMany,
                $"holds {authorities.Count} certificates",
                $"at most {FieldLimits.CertificateCount}"
            );
        }

        if (!authorities.HasRoot)
        {
            return Bad(context, field, "holds no authority that signed itself, so no chain of certificates ends there");
        }

        return address?.Scheme == Uri.UriSchemeHttp
            ? Bad(context, field, "has no effect: its address is an http one, which shows no certificate")
            : authorities.ToPem();
    }

    private static string? Bad(ManifestContext context, Field field, string what) =>
        context.Bad<string>(field, ManifestCodes.NotACertificate, what, Allowed);
}
