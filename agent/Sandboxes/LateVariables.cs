namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// Variables that change how the C library behaves (such as LD_PRELOAD). A command may have them, but the programs
/// between bubblewrap and the command, which still have rights to drop, may not. So these variables are passed under
/// other names.
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

    /// <summary>
    /// The name under which a variable is passed; null for a variable without effect, which is left out.
    /// </summary>
    public static string? Travels(string name)
    {
        if (!Names.Contains(name) && !Families.Any(family => name.StartsWith(family, StringComparison.Ordinal)))
        {
            return name;
        }
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_') ? Prefix + name : null;
    }

    /// <summary>Shell lines that restore the variables' own names.</summary>
    public static string Restore(IEnumerable<string> names) =>
        string.Concat(
            names
                .Where(name => Travels(name) == Prefix + name)
                .Order(StringComparer.Ordinal)
                .Select(name => $"export {name}=\"${Prefix}{name}\"; unset {Prefix}{name}; ")
        );
}
