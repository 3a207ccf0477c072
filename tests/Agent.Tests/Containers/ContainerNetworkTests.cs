using System.Net;
using System.Net.Sockets;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;
using Trainyard.Tests.Shared.Containers;

namespace Trainyard.Agent.Tests.Containers;

/// <summary>What a command in a container with a network of its own reaches.</summary>
public sealed class ContainerNetworkTests(ContainerWorld world) : IClassFixture<ContainerWorld>
{
    // Of a network for documentation: no private one, and nobody's.
    private const string Elsewhere = "198.51.100.77";

    private static readonly (string, string) Private = ("Agent__ContainerNetwork", "private");

    [ContainerNetworkFact]
    public async Task Guarded_it_reaches_all_but_the_service_and_metadata()
    {
        var text = await ConnectAsync("guarded");

        Assert.Contains("service: Connection refused\n", text);
        Assert.Contains("metadata: Connection refused\n", text);
        Assert.Contains("machine: reached\n", text);
        Assert.Contains("peer: reached\n", text);
        Assert.Contains("elsewhere: reached\n", text);
    }

    [ContainerNetworkFact]
    public async Task Public_it_reaches_neither_this_machine_nor_other_containers_by_private_addresses()
    {
        if (!RulesSeeBridged)
        {
            await AssertRefusedAsync(
                "Pool__Network=public cannot be held here: containers of one bridge reach each other,",
                ("Pool__Network", "public")
            );
            return;
        }
        var text = await ConnectAsync("public");

        Assert.Contains("service: Connection refused\n", text);
        Assert.Contains("metadata: Connection refused\n", text);
        Assert.Contains("machine: Connection refused\n", text);
        Assert.Contains("peer: Connection refused\n", text);
        Assert.Contains("elsewhere: reached\n", text);
    }

    [ContainerNetworkFact]
    public async Task A_network_whose_rules_cannot_be_held_is_refused_at_the_start()
    {
        using var programs = new TemporaryFolder();
        var podman = programs.Write(
            "podman",
            $"#!/bin/sh\ncase \"$*\" in *'network inspect'*) exit 125;; esac\nexec {TestContainers.Find("podman")} \"$@\"\n"
        );
        File.SetUnixFileMode(podman, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await AssertRefusedAsync(
            "Pool__Network=guarded cannot be held here: containers get a network of their own without a bridge.",
            ("PATH", $"{programs.Path}:{Environment.GetEnvironmentVariable("PATH")}")
        );
    }

    private static bool RulesSeeBridged =>
        new[] { "iptables", "ip6tables" }.All(rules =>
            File.Exists($"/proc/sys/net/bridge/bridge-nf-call-{rules}")
            && File.ReadAllText($"/proc/sys/net/bridge/bridge-nf-call-{rules}") == "1\n"
        );

    private async Task AssertRefusedAsync(string words, (string, string) setting)
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent("bubblewrap", [.. ContainerWorld.SettingsOf(world.Engine), Private, setting]);

        Assert.Equal((int)AgentExitCode.NoNetworkRules, await agent.WaitForExit(AgentHarness.Soon));
        Assert.Contains(words, agent.Output);
    }

    /// <summary>Connects from a container to each address, and says what came of it.</summary>
    private async Task<string> ConnectAsync(string access)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(
            "bubblewrap",
            [.. ContainerWorld.SettingsOf(world.Engine), Private, ("Pool__Network", access)]
        );
        var peer = harness.Submit("ip -4 -o addr show dev eth0; while :; do nc -l -p 9000; done", Small);
        await Eventually.Be(
            "the peer listens",
            () => Task.FromResult(peer.LogText.Contains(" inet ")),
            AgentHarness.Soon,
            () => peer.LogText + harness.AgentOutput
        );
        var peerAddress = peer.LogText.Split(" inet ")[1].Split('/')[0];
        // The bridge has an address of this machine as soon as a container was on it.
        var gateway = await world.Engine.RunAsync("network", "inspect", "--format", GatewayOf, "podman");
        using var elsewhere = new LoopbackAddress(Elsewhere);
        using var service = Listen(gateway, harness.Service.Url.Port);
        using var machine = Listen(gateway, 0);
        using var far = Listen(Elsewhere, 0);

        var (run, report) = await harness.RunAsync(
            Connect("service", $"{gateway} {harness.Service.Url.Port}")
                + Connect("metadata", "169.254.169.254 80")
                + Connect("machine", $"{gateway} {PortOf(machine)}")
                + Connect("peer", $"{peerAddress} 9000")
                + Connect("elsewhere", $"{Elsewhere} {PortOf(far)}"),
            Small
        );
        peer.CancelRequested = true;
        await harness.CompletionAsync(peer);

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, run.LogText + harness.AgentOutput);
        return run.LogText;
    }

    private const string GatewayOf = "{{range .Subnets}}{{.Gateway}}{{end}}";

    private static string Connect(string name, string address) =>
        $"if out=$(nc -w 10 {address} 2>&1 </dev/null); then echo '{name}: reached'; else echo \"{name}: ${{out##*: }}\"; fi\n";

    private static TcpListener Listen(string address, int port)
    {
        var listener = new TcpListener(IPAddress.Parse(address.Trim()), port);
        listener.Start();
        _ = AnswerAsync(listener);
        return listener;
    }

    // Hangs up at once: who connected has reached it.
    private static async Task AnswerAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                (await listener.AcceptTcpClientAsync()).Dispose();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test has ended.
        }
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private void Small(RunDraft draft) => draft.Image = new NodeImage { Name = world.Image };

    /// <summary>One more address of this machine.</summary>
    private sealed class LoopbackAddress : IDisposable
    {
        private readonly string _address;

        public LoopbackAddress(string address)
        {
            _address = address;
            Ip("add");
        }

        public void Dispose() => Ip("del");

        private void Ip(string verb)
        {
            using var ip = System.Diagnostics.Process.Start("ip", ["addr", verb, $"{_address}/32", "dev", "lo"]);
            ip.WaitForExit();
        }
    }
}

/// <summary>A test of the kernel's rules for real containers; skipped, with the reason, where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerNetworkFactAttribute : FactAttribute
{
    public ContainerNetworkFactAttribute() => Skip = TestContainers.Missing ?? new NetworkRulesFactAttribute().Skip;
}
