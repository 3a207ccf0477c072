using System.Net;

namespace Trainyard.Agent.Networks;

/// <summary>The name servers of this machine.</summary>
internal static class NameServers
{
    private const string File = "/etc/resolv.conf";

    public static IReadOnlyList<IPAddress> Read()
    {
        try
        {
            return Parse(System.IO.File.ReadAllText(File));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    internal static IReadOnlyList<IPAddress> Parse(string text) =>
        [
            .. text.Split('\n')
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is ["nameserver", _, ..])
                // Drops the zone of a link-local address, which only names an interface.
                .Select(words => IPAddress.TryParse(words[1].Split('%')[0], out var address) ? address : null)
                .OfType<IPAddress>()
                .Distinct(),
        ];
}
