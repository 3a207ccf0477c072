using System.Net;
using Trainyard.Agent.Networks;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What of the network a command reaches.</summary>
public sealed class NetworkRulesTests
{
    /// <summary>Connects to each address, and says what came of it, or that it took too long to be a refusal.</summary>
    private const string Connect = """
        import socket, sys, threading
        own = socket.create_server(("127.0.0.1", 0))
        addresses = dict(a.split("=") for a in sys.argv[1:])
        addresses["own"] = "127.0.0.1:%d" % own.getsockname()[1]
        for name, address in addresses.items():
            host, port = address.rsplit(":", 1)
            try:
                socket.create_connection((host, int(port)), timeout=10).close()
                print(name, "reached")
            except socket.timeout:
                print(name, "silent")
            except OSError as e:
                print(name, "refused")
        """;

    private static readonly NetworkRules Rules = new("trainyard_00", 60800, 61055)
    {
        NameServers = [IPAddress.Parse("169.254.169.253"), IPAddress.Parse("fe80::1")],
        ServicePort = 7071,
    };

    [Fact]
    public void Name_servers_stay_reachable_and_come_first()
    {
        var dns = At("ip daddr 169.254.169.253 meta l4proto { tcp, udp } th dport 53 accept;");
        Assert.InRange(At("ip6 daddr fe80::1 meta l4proto"), dns, At("ip daddr { 169.254.0.0/16"));
        At("meta skuid 60800-61055 jump refused;");
        At("fib daddr type local tcp dport 7071 reject with tcp reset;");
        Assert.DoesNotContain("10.0.0.0/8", Rules.Apply);
        Assert.Contains("10.0.0.0/8", (Rules with { RefusesPrivate = true }).Apply);
        Assert.DoesNotContain("dport 7071", (Rules with { ServicePort = null }).Apply);
        Assert.DoesNotContain('\n', Rules.Apply);

        static int At(string rule)
        {
            Assert.Contains(rule, Rules.Apply);
            return Rules.Apply.IndexOf(rule, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bridges_have_rules_only_where_containers_are_on_them()
    {
        Assert.DoesNotContain("iifname", Rules.Apply);
        var apply = (Rules with { Bridges = ["cni-podman0"] }).Apply;
        Assert.Equal(3, apply.Split("iifname \"cni-podman0\" jump refused;").Length);
        Assert.DoesNotContain('\n', apply);
    }

    [Fact]
    public void Name_servers_are_read_as_the_C_library_does() =>
        Assert.Equal(
            [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("fe80::1")],
            NameServers.Parse(
                "# nameserver 1.1.1.1\nnameserver 10.0.0.2\nnameserver\tfe80::1%eth0\nnameserver x\nsearch a\n"
            )
        );

    [NetworkRulesFact]
    public async Task A_guarded_command_reaches_neither_its_service_nor_metadata_but_all_else()
    {
        var (text, agent) = await ConnectAsync();

        Assert.Contains("service refused\n", text);
        Assert.Contains("metadata refused\n", text);
        Assert.Contains("store reached\n", text);
        Assert.Contains("own reached\n", text);
        Assert.DoesNotContain("No network rules", agent);
    }

    [NetworkRulesFact]
    public async Task The_rules_are_gone_with_an_agent_that_is_killed()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("bubblewrap");
        await harness.RunAsync("true");
        var node = harness.AgentOutput.Split(" Node ")[1].Split(':')[0];
        var table = NetworkGuard.TableOf(node);
        Assert.Contains(table, await TablesAsync());

        await harness.KillAgentsAsync();

        await Eventually.Be("the table is gone", async () => !(await TablesAsync()).Contains(table), AgentHarness.Soon);
    }

    [NetworkRulesFact]
    public async Task A_command_without_network_reaches_itself_only()
    {
        var (text, _) = await ConnectAsync(("Pool__Network", "none"));

        Assert.Contains("service refused\n", text);
        Assert.Contains("store refused\n", text);
        Assert.Contains("own reached\n", text);
    }

    [NetworkRulesFact]
    public async Task The_operator_may_allow_all()
    {
        var (text, _) = await ConnectAsync(("Pool__Network", "all"));

        Assert.Contains("service reached\n", text);
    }

    [Fact]
    public async Task Rules_that_are_demanded_and_cannot_be_held_end_the_agent()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent("none", ("Pool__Network", "public"));

        Assert.Equal((int)AgentExitCode.NoNetworkRules, await agent.WaitForExit(AgentHarness.Soon));
        Assert.Contains("Pool__Network=public cannot be held here: commands have no sandbox.", agent.Output);
    }

    [SandboxFact]
    public async Task An_agent_that_is_not_root_says_that_it_has_no_rules()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await harness.StartAgentAsNobodyAsync("bubblewrap");
        await harness.RunAsync("true");

        Assert.Contains("No network rules: the agent is not root.", harness.AgentOutput);
    }

    private static async Task<string> TablesAsync()
    {
        await using var list = ChildProcess.Start("nft", ["list", "tables"], new Dictionary<string, string?>());
        await list.WaitForExit(AgentHarness.Soon);
        return list.Output;
    }

    private static async Task<(string Text, string Agent)> ConnectAsync(params (string Name, string Value)[] settings)
    {
        await using var store = await PlainStore.StartAsync([]);
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("bubblewrap", settings);
        var addresses =
            $"service=127.0.0.1:{harness.Service.Url.Port} store=127.0.0.1:{new Uri(store.Url).Port} metadata=169.254.169.254:80";
        var (run, report) = await harness.RunAsync(
            $"python3 connect.py {addresses}",
            draft => draft.Files["connect.py"] = Connect
        );
        Assert.True(report.Outcome is AttemptOutcome.Succeeded, run.LogText);
        return (run.LogText, harness.AgentOutput);
    }
}

/// <summary>A test of the kernel's rules; skipped where the tests may not make any.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetworkRulesFactAttribute : FactAttribute
{
    public NetworkRulesFactAttribute() =>
        Skip =
            !Environment.IsPrivilegedProcess ? "only root makes rules for the network"
            : ProgramSearch.Find("nft") is null || !Sandbox.HasBubblewrap ? "nft or bubblewrap is not installed"
            : null;
}
