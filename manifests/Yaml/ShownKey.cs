using Trainyard.Manifests.Text;

namespace Trainyard.Manifests.Yaml;

/// <summary>
/// How a key is shown in problems. Who forgets the space after a colon has written the value into the key, and in
/// a connection that is a secret: only what stands before the separator is shown, and in a connection only where it
/// is a key that is known or near to one.
/// </summary>
internal static class ShownKey
{
    /// <summary>What stands for a key that may be a secret itself.</summary>
    public const string Hidden = "(not shown)";

    private static readonly char[] Separators = [':', '=', ' ', '\t', '\u00A0'];

    /// <summary>Every key that a connection or a webhook may have.</summary>
    public static IReadOnlyList<string> KnownInSecretSections { get; } =
    [
        "endpoint_url",
        "endpoint",
        "auth_url",
        "account_url",
        "region",
        "requester_pays",
        "ca_certificate",
        "access_key_id",
        "aws_access_key_id",
        "user_name",
        "userId",
        "secret_access_key",
        "aws_secret_access_key",
        "password",
        "session_token",
        "aws_session_token",
        "project_id",
        "domain_name",
        "account_name",
        "account_key",
        "sas_token",
        "secret",
        "type",
        "url",
        "on",
        "signing_key",
    ];

    public static bool IsSecretSection(string path) =>
        path.Split('.', '[').Any(step => step is "connection" or "notify");

    /// <param name="key">As written.</param>
    /// <param name="path">The path of the map it stands in.</param>
    public static string Of(string key, string path)
    {
        var name = NameIn(key);
        if (IsSecretSection(path) && !IsNearKnown(name))
        {
            return Hidden;
        }

        return name.Length == key.Length ? key : $"{name}…";
    }

    /// <summary>The part of a key before a separator that YAML did not take for one.</summary>
    public static string NameIn(string key)
    {
        var end = key.IndexOfAny(Separators);
        return end < 0 ? key : key[..end];
    }

    // Stricter than for a suggestion: a secret must not match a name by chance.
    private static bool IsNearKnown(string name) =>
        KnownInSecretSections.Any(known =>
            known.Length >= 2
            && Math.Abs(known.Length - name.Length) <= 3
            && Nearest.Distance(known, name.ToLowerInvariant()) <= Math.Min(3, known.Length / 3)
        );
}
