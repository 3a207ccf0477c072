namespace Trainyard.Agent.Containers;

/// <summary>An image's name in full, as engines and registries mean the short ones.</summary>
/// <param name="Registry">Host, and port where it has one.</param>
/// <param name="Text">The whole name, with tag or digest.</param>
internal sealed record ImageName(string Registry, string Text)
{
    private const string DefaultRegistry = "docker.io";

    /// <summary>Where images lie that were made on the node itself.</summary>
    public bool IsLocal => Registry == "localhost";

    /// <summary>A registry of the node itself speaks plain HTTP, as Docker has it.</summary>
    public bool IsLoopback =>
        Registry.StartsWith("127.", StringComparison.Ordinal)
        || Registry.StartsWith("localhost:", StringComparison.Ordinal);

    /// <summary>The registry's name in files of logins.</summary>
    public string LoginName => Registry == DefaultRegistry ? "https://index.docker.io/v1/" : Registry;

    public static ImageName Of(string text)
    {
        var slash = text.IndexOf('/');
        var first = slash < 0 ? "" : text[..slash];
        var name =
            first.Contains('.') || first.Contains(':') || first == "localhost"
                ? new ImageName(first, text)
                : new ImageName(DefaultRegistry, $"{DefaultRegistry}/{(slash < 0 ? "library/" : "")}{text}");
        return HasTag(name.Text) ? name : name with { Text = name.Text + ":latest" };
    }

    // What follows the last slash; a port comes before one.
    private static bool HasTag(string text) => text[(text.LastIndexOf('/') + 1)..].AsSpan().IndexOfAny(':', '@') >= 0;
}
