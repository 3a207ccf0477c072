using System.Diagnostics;
using System.Net;

namespace Trainyard.Chaos.World;

/// <summary>A host of its own on this machine: a network namespace with one cable to us, for root.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private readonly string _name;
    private readonly string _ours;

    private NetworkNamespace(string name, string ours, IPAddress address)
    {
        _name = name;
        _ours = ours;
        Address = address;
    }

    /// <summary>Our end of the cable: where the host reaches us.</summary>
    public IPAddress Address { get; }

    /// <summary>The namespace, or null where it cannot be made.</summary>
    /// <param name="index">Tells those of one process apart, 0 to 2.</param>
    public static NetworkNamespace? TryCreate(int index = 0)
    {
        // One of 16,384 links of a range that is for such tests; the process's number keeps two campaigns apart.
        var number = (Environment.ProcessId + (index * 5_461)) % 16_384;
        var (high, low) = (number / 64, number % 64 * 4);
        var made = new NetworkNamespace(
            $"trainyard-{number}",
            $"ty{number}",
            IPAddress.Parse($"10.213.{high}.{low + 1}")
        );
        var theirs = $"10.213.{high}.{low + 2}/30";
        if (
            Environment.IsPrivilegedProcess
            && Ip("netns", "add", made._name)
            && Ip("link", "add", made._ours, "type", "veth", "peer", "name", "eth0", "netns", made._name)
            && Ip("addr", "add", $"{made.Address}/30", "dev", made._ours)
            && Ip("link", "set", made._ours, "up")
            && Ip("-n", made._name, "addr", "add", theirs, "dev", "eth0")
            && Ip("-n", made._name, "link", "set", "eth0", "up")
            && Ip("-n", made._name, "link", "set", "lo", "up")
        )
        {
            return made;
        }

        made.Dispose();
        return null;
    }

    /// <summary>A command line that runs this one in the namespace.</summary>
    public IReadOnlyList<string> Enter(IEnumerable<string> command) => ["ip", "netns", "exec", _name, .. command];

    public void Unplug() => Ip("link", "set", _ours, "down");

    public void Plug() => Ip("link", "set", _ours, "up");

    /// <summary>Late and lossy, in both directions.</summary>
    public bool Disturb() =>
        Run("tc", "qdisc", "replace", "dev", _ours, "root", "netem", "delay", "120ms", "60ms", "loss", "15%");

    public void Calm() => Run("tc", "qdisc", "del", "dev", _ours, "root");

    public void Dispose()
    {
        Ip("link", "del", _ours);
        Ip("netns", "del", _name);
    }

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
