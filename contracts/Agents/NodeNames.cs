using System.Security.Cryptography;

namespace Trainyard.Contracts.Agents;

/// <summary>
/// Names of nodes: the machine's name and 8 random hex digits, which a recreated machine does not share.
/// </summary>
public static class NodeNames
{
    private const int LongestMachine = 40;
    private const int RandomDigits = 8;

    /// <summary>A new name for a node on this machine.</summary>
    public static string New(string machine) =>
        $"{Clean(machine)}-{RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true)}";

    /// <summary>Whether the node runs, or ran, on a machine of this name. Machine names are case-insensitive.</summary>
    public static bool IsOn(string node, string machine)
    {
        var name = Clean(machine);
        return node.Length == name.Length + 1 + RandomDigits
            && node.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            && node[name.Length] == '-'
            && node[(name.Length + 1)..].All(char.IsAsciiHexDigitLower);
    }

    private static string Clean(string name)
    {
        var clean = new string([.. name.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-').Take(LongestMachine)]);
        return clean.Length > 0 ? clean : "node";
    }
}
