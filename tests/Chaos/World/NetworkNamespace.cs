using System.Diagnostics;
using System.Net;

namespace Trainyard.Chaos.World;

/// <summary>A host of its own on this machine: a network namespace with one cable to us, for root.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const int Tries = 5;

    private readonly string _ours;

    private NetworkNamespace(string name, string ours, IPAddress address)
    {
        Name = name;
        _ours = ours;
        Address = address;
    }

    public string Name { get; }

    /// <summary>Our end of the cable: where the host reaches us.</summary>
    public IPAddress Address { get; }

    /// <summary>The namespace, or null where it cannot be made.</summary>
    public static NetworkNamespace? TryCreate()
    {
        for (var i = 0; Environment.IsPrivilegedProcess && i < Tries; i++)
        {
            // One of 16,384 links of a range that is for such tests; each of them may be another test's already.
            var number = Random.Shared.Next(16_384);
            var (high, low) = (number / 64, number % 64 * 4);
            if (!Ip("netns", "add", $"trainyard-{number}"))
            {
                continue;
            }
            var made = new NetworkNamespace(
                $"trainyard-{number}",
                $"ty{number}",
                IPAddress.Parse($"10.213.{high}.{low + 1}")
            );
            if (made.Connect($"10.213.{high}.{low + 2}/30"))
            {
                return made;
            }
            made.Dispose();
        }
        return null;
    }

    /// <summary>A command line that runs this one in the namespace.</summary>
    public IReadOnlyList<string> Enter(IEnumerable<string> command) => ["ip", "netns", "exec", Name, .. command];

    public void Unplug() => Ip("link", "set", _ours, "down");

    public void Plug() => Ip("link", "set", _ours, "up");

    /// <summary>Late and lossy, in both directions.</summary>
    public bool Disturb() =>
        Run("tc", "qdisc", "replace", "dev", _ours, "root", "netem", "delay", "120ms", "60ms", "loss", "15%");

    public void Calm() => Run("tc", "qdisc", "del", "dev", _ours, "root");

    public void Dispose()
    {
        Ip("link", "del", _ours);
        Ip("netns", "del", Name);
    }

    private bool Connect(string theirs) =>
        Ip("link", "add", _ours, "type", "veth", "peer", "name", "eth0", "netns", Name)
        && Ip("addr", "add", $"{Address}/30", "dev", _ours)
        && Ip("link", "set", _ours, "up")
        && Ip("-n", Name, "addr", "add", theirs, "dev", "eth0")
        && Ip("-n", Name, "link", "set", "eth0", "up")
        && Ip("-n", Name, "link", "set", "lo", "up");

    private static bool Ip(params string[] arguments) => Run("ip", arguments);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    UseShellExecute = false,
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                }
            )!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // Not installed.
        }
    }
}
