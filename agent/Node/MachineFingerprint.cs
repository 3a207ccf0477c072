using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Agent.Node;

/// <summary>Identifies a machine, so that machines made from the same image differ.</summary>
internal static class MachineFingerprint
{
    private const string MachineId = "/etc/machine-id";
    private const string Interfaces = "/sys/class/net";

    /// <summary>
    /// A hash of the machine's name, its id and the addresses of its network devices; the same after a restart.
    /// </summary>
    public static string Read()
    {
        var facts = new List<string> { Environment.MachineName, ReadOrEmpty(MachineId) };
        facts.AddRange(NetworkAddresses());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', facts))));
    }

    // Only real devices count: bridges and the virtual interfaces of containers come and go.
    private static IEnumerable<string> NetworkAddresses() =>
        Directory.Exists(Interfaces)
            ? Directory
                .EnumerateDirectories(Interfaces)
                .Where(folder => Path.Exists(Path.Combine(folder, "device")))
                .Select(folder => ReadOrEmpty(Path.Combine(folder, "address")))
                .Order(StringComparer.Ordinal)
            : [];

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
