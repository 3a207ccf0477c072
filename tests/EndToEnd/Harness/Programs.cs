namespace Trainyard.EndToEnd.Harness;

/// <summary>Where the build left the programs under test: as the documented commands run them.</summary>
internal static class Programs
{
    public static string Repository { get; } = FindRepository();

    public static string Service { get; } = Built("functions", "Trainyard.Functions.dll");

    public static string Agent { get; } = Built("agent", "Trainyard.Agent.dll");

    public static string Bx { get; } = Built("cli", "bx.dll");

    public static string Digits { get; } = Path.Combine(Repository, "examples", "digits");

    private static string Built(string room, string file)
    {
        // bin/Debug/net10.0 here is bin/Debug/net10.0 there.
        var target = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Repository, room, "bin", target.Parent!.Name, target.Name, file);
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("No Functions.sln above the test.");
    }
}
