namespace Trainyard.Agent.Settings;

/// <summary>The command line: <c>--home DIR</c>, or <c>--service URL --pool-key-file FILE --work DIR</c>.</summary>
internal static class AgentArguments
{
    public const string Usage =
        "usage: Trainyard.Agent --home DIR | --service URL --pool-key-file FILE --work DIR (see docs/agent.md)";

    /// <returns>Null when the arguments make no sense.</returns>
    public static AgentPaths? Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i + 1 < arguments.Count; i += 2)
            values[arguments[i]] = arguments[i + 1];
        if (values.Count * 2 != arguments.Count)
            return null;
        return values.Count switch
        {
            1 => ParseHome(values),
            3 => ParseNode(values),
            _ => null,
        };
    }

    private static AgentPaths? ParseHome(Dictionary<string, string> values) =>
        values.TryGetValue("--home", out var home) && home.Length > 0
            ? AgentPaths.OfHome(Path.GetFullPath(home))
            : null;

    private static AgentPaths? ParseNode(Dictionary<string, string> values)
    {
        if (
            !values.TryGetValue("--service", out var service)
            || !values.TryGetValue("--pool-key-file", out var key)
            || !values.TryGetValue("--work", out var work)
        )
            return null;
        return Uri.TryCreate(service, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? AgentPaths.OfNode(url, Path.GetFullPath(key), Path.GetFullPath(work))
            : null;
    }
}
