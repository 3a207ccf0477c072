namespace Trainyard.Agent.Containers;

/// <summary>
/// Variables as lines for a shell to read: any value is allowed, and no value shows in the process list.
/// </summary>
internal static class ShellVariables
{
    public static string Export(IReadOnlyDictionary<string, string> variables) =>
        string.Concat(
            variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"export {v.Key}={Quote(v.Value)}\n")
        );

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
