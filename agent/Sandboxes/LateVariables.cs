namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// Variables that change what the C library does (load this, look there). A command may have them; the programs between
/// bubblewrap and the command, which still have rights to give up, may not. They travel under another name.
/// </summary>
internal static class LateVariables
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

    /// <summary>The name under which a variable travels; null for one that means nothing and is left out.</summary>
    public static string? Travels(string name)
    {
        if (!Names.Contains(name) && !Families.Any(family => name.StartsWith(family, StringComparison.Ordinal)))
        {
            return name;
        }
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_') ? Prefix + name : null;
    }

    /// <summary>Shell lines that give them their names back.</summary>
    public static string Restore(IEnumerable<string> names) =>
        string.Concat(
            names
                .Where(name => Travels(name) == Prefix + name)
                .Order(StringComparer.Ordinal)
                .Select(name => $"export {name}=\"${Prefix}{name}\"; unset {Prefix}{name}; ")
        );
}
