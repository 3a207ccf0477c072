using System.Globalization;
using System.Reflection;

namespace Trainyard.Cli.Hosting;

/// <summary>Identifies this build.</summary>
internal static class BuildFacts
{
    private static readonly string[] Parts = Informational().Split('+', 2);

    public static string Version => Parts[0];

    /// <summary>The commit the build was made from, or <c>unknown</c> outside a repository.</summary>
    public static string Commit => Parts.Length > 1 ? Parts[1] : "unknown";

    /// <summary>
    /// The write time of the program file. Deterministic builds do not store a build time in the file.
    /// </summary>
    public static string BuiltAt =>
        File.GetLastWriteTimeUtc(ProgramFile).ToString("yyyyMMdd.HHmmss", CultureInfo.InvariantCulture);

    private static string ProgramFile =>
        Path.Combine(AppContext.BaseDirectory, "bx.dll") is var dll && File.Exists(dll)
            ? dll
            : Environment.ProcessPath!;

    private static string Informational() =>
        typeof(BuildFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
