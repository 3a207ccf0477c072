namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// Variables that change the behavior of the C library, such as preloads and search paths. A command may have them, but
/// the programs between bubblewrap and the command, which still have rights to drop, may not. Until then they have
/// another name.
/// </summary>
internal static class DeferredVariables
{
    private const string Prefix = "TRAINYARD_LATE_";

    private static readonly string[] Names =
    [
        "GCONV_PATH",
        "GETCONF_DIR",
        "GLIBC_TUNABLES",
        "HOSTALIASES",
        "LOCALDOMAIN",
        "LOCPATH",
        "NIS_PATH",
        "NLSPATH",
        "RESOLV_HOST_CONF",
        "RES_OPTIONS",
        "TZDIR",
    ];

    private static readonly string[] Families = ["LD_", "MALLOC_"];

    /// <summary>
    /// The name under which a variable is passed on; null for a name without meaning, which is left out.
    /// </summary>
    public static string? Travels(string name)
    {
        if (!Names.Contains(name) && !Families.Any(family => name.StartsWith(family, StringComparison.Ordinal)))
        {
            return name;
        }
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_') ? Prefix + name : null;
    }

    /// <summary>Shell code that restores the original names.</summary>
    public static string Restore(IEnumerable<string> names) =>
        string.Concat(
            names
                .Where(name => Travels(name) == Prefix + name)
                .Order(StringComparer.Ordinal)
                .Select(name => $"export {name}=\"${Prefix}{name}\"; unset {Prefix}{name}; ")
        );
}
