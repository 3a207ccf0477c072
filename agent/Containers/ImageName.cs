namespace Trainyard.Agent.Containers;

/// <summary>An image's full name, completed from a short one as engines and registries do.</summary>
/// <param name="Registry">The host, with a port where there is one.</param>
/// <param name="Text">The whole name, with its tag or digest.</param>
internal sealed record ImageName(string Registry, string Text)
{
    private const string DefaultRegistry = "docker.io";

    /// <summary>Whether the image was built on the node itself.</summary>
    public bool IsLocal => Registry == "localhost";

    /// <summary>Whether the registry runs on the node itself; it then speaks plain HTTP, as with Docker.</summary>
    public bool IsLoopback =>
        Registry.StartsWith("127.", StringComparison.Ordinal)
        || Registry.StartsWith("localhost:", StringComparison.Ordinal);

    /// <summary>The registry's name in login files.</summary>
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

    // Looks only after the last slash, as a port's colon comes before it.
    private static bool HasTag(string text) => text[(text.LastIndexOf('/') + 1)..].AsSpan().IndexOfAny(':', '@') >= 0;
}
