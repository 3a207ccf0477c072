using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Trainyard.EndToEnd.Harness;

/// <summary>
/// The processes of one test's service, also those that lost their parent when it was killed: they carry a variable
/// that no other process has, or descend from one that does. Reads /proc, so Linux only.
/// </summary>
internal sealed class ProcessFamily
{
    public const string Variable = "TRAINYARD_TEST";

    public string Mark { get; } = Guid.NewGuid().ToString("N");

    public IReadOnlySet<int> Members()
    {
        var parents = new Dictionary<int, int>();
        var members = new HashSet<int>();
        foreach (var id in AllProcesses())
        {
            parents[id] = ParentOf(id);
            if (EnvironmentOf(id).Contains($"{Variable}={Mark}", StringComparison.Ordinal))
            {
                members.Add(id);
            }
        }

        while (parents.Any(entry => members.Contains(entry.Value) && members.Add(entry.Key)))
        {
            // Until a pass finds no more descendants.
        }

        return members;
    }

    /// <summary>The member whose command line has this text.</summary>
    public int? Find(string commandLinePart) =>
        Members()
            .Where(id => CommandLineOf(id).Contains(commandLinePart, StringComparison.Ordinal))
            .Cast<int?>()
            .FirstOrDefault();

    public void Kill()
    {
        foreach (var id in Members())
        {
            KillOne(id);
        }
    }

    public static void KillOne(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
    }

    private static IEnumerable<int> AllProcesses() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0);

    private static int ParentOf(int id)
    {
        // The name in the second field may hold spaces and brackets: count from its closing bracket.
        var stat = Read($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;
    }

    private static string EnvironmentOf(int id) => Read($"/proc/{id}/environ");

    private static string CommandLineOf(int id) => Read($"/proc/{id}/cmdline").Replace('\0', ' ');

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
