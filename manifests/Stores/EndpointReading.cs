using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Stores;

/// <summary>The address of a store: http or https, with no credentials in it.</summary>
internal static class EndpointReading
{
    private const string Allowed = "an address such as https://s3.example.com";

    public static Uri? Read(ManifestContext context, Section connection, string[] names)
    {
        if (connection.Take(names) is not { } field)
        {
            connection.Missing(names[0], "it is the store's address", Allowed);
            return null;
        }

        return Address(context, field) is { } uri ? Checked(context, field, uri) : null;
    }

    /// <summary>An http(s) address, or null with the reason reported (never with the text: it may hold a password).</summary>
    public static Uri? Address(ManifestContext context, Field field, bool query = false)
    {
        var text = context.Words(field, FieldLimits.Connection);
        if (text is null)
        {
            return null;
        }

        if (Placeholders.IsPlaceholder(text))
        {
            return Placeholders.Report<Uri>(context, field);
        }

        if (!text.Contains("://"))
        {
            return Bad(context, field, "has no http:// or https:// in front", "https://…");
        }

        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.Host.Length == 0
            || text.Any(char.IsWhiteSpace)
        )
        {
            return Bad(context, field, "is not an http or https address");
        }

        return uri switch
        {
            { UserInfo.Length: > 0 } => Bad(
                context,
                field,
                "has a user name or password in it; credentials have keys of their own"
            ),
            { Fragment.Length: > 0 } => Bad(context, field, "has a fragment (#…)"),
            { Query.Length: > 0 } when !query => Bad(context, field, "has a query (?…)"),
            _ => uri,
        };
    }

    private static Uri? Bad(ManifestContext context, Field field, string what, string? suggestion = null) =>
        context.Bad<Uri>(field, ManifestCodes.NotAnAddress, what, Allowed, suggestion);

    private static Uri Checked(ManifestContext context, Field field, Uri uri)
    {
        if (uri.Scheme == "http" && !uri.IsLoopback)
        {
            context.Problems.Warn(
                ManifestCodes.EndpointNotEncrypted,
                $"{Quote.Key(field.Path)} is an http address: data and signatures travel unencrypted.",
                field.Path,
                field.Mark,
                "https://…"
            );
        }

        return uri;
    }
}
