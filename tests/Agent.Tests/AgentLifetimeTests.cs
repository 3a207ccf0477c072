using System.Text.Json;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>How the agent's own process begins and ends.</summary>
public sealed class AgentLifetimeTests
{
    [Fact]
    public async Task A_second_agent_of_the_same_home_ends_at_once_with_3()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var first = harness.StartAgent();
        await AskedAsync(harness);

        var second = harness.StartAgent();

        Assert.Equal(3, await second.WaitForExit(AgentHarness.Soon));
        Assert.False(first.HasExited);
        Assert.Equal(
            first.Id.ToString(),
            await File.ReadAllTextAsync(Path.Combine(harness.Home, "agent", "agent.pid"))
        );
    }

    [Theory]
    [InlineData()]
    [InlineData("--home")]
    [InlineData("--service", "ftp://x", "--pool-key-file", "k", "--work", "w")]
    [InlineData("--service", "http://x", "--pool-key-file", "k")]
    [InlineData("--home", "h", "--work", "w")]
    [InlineData("--home", "")]
    [InlineData("--home", "h", "--other", "o")]
    public async Task Arguments_that_make_no_sense_end_with_2_and_the_usage(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Trainyard.Agent.dll");
        await using var agent = ChildProcess.Start("dotnet", [program, .. arguments]);

        Assert.Equal(2, await agent.WaitForExit(AgentHarness.Soon));
        await agent.WaitForLine(line => line.Contains("--pool-key-file <FILE>"), AgentHarness.Soon);
    }

    [Fact]
    public async Task A_setting_out_of_its_range_ends_with_2_and_says_which()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent("none", ("Pool__Slots", "0"));

        Assert.Equal(2, await agent.WaitForExit(AgentHarness.Soon));
        Assert.Contains("Slots", agent.Output);
    }

    [Fact]
    public async Task An_idle_agent_ends_at_SIGTERM()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();
        await AskedAsync(harness);

        agent.Signal("TERM");

        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
        Assert.False(File.Exists(Path.Combine(harness.Home, "agent", "agent.pid")));
    }

    [Fact]
    public async Task A_busy_agent_finishes_its_run_before_it_ends_at_SIGTERM()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();
        var run = harness.Submit("echo on; while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done");
        await Eventually.Be("the command runs", () => run.LogText.Contains("\non\n"), AgentHarness.Soon);

        agent.Signal("TERM");
        await agent.WaitForLine(l => l.Contains("leased"), AgentHarness.Soon);
        await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");

        Assert.Equal(AttemptOutcome.Succeeded, (await harness.CompletionAsync(run)).Outcome);
        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
    }

    [Fact]
    public async Task A_busy_agent_told_to_stop_works_on_for_the_next_service()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();
        var run = harness.Submit("echo on; while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done");
        await Eventually.Be("the command runs", () => run.LogText.Contains("\non\n"), AgentHarness.Soon);

        agent.Signal("TERM");
        var file = Path.Combine(harness.Home, "service.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { url = harness.Service.Url, pid = 1 }));
        var (_, next) = await harness.RunAsync("true");

        Assert.Equal(AttemptOutcome.Succeeded, next.Outcome);
        Assert.False(agent.HasExited);
        await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
        await harness.CompletionAsync(run);
    }

    [Fact]
    public async Task An_idle_agent_of_a_home_ends_when_its_service_stays_away()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent("none", ("Agent__IdleExit", "00:00:01"));
        await AskedAsync(harness);

        await harness.Service.StopAsync();

        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
    }

    [Fact]
    public async Task A_busy_agent_whose_home_is_deleted_gives_up_and_ends()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();
        var run = harness.Submit("echo pids $$; sleep 600");
        await Eventually.Be("the command runs", () => run.LogText.Contains("\npids "), AgentHarness.Soon);
        var pid = run.LogText.Split('\n').First(l => l.StartsWith("pids ", StringComparison.Ordinal)).Split(' ')[1];
        await harness.Service.StopAsync();

        await Eventually.Be("the home is gone", () => IsDeleted(harness.Home), AgentHarness.Soon);

        Assert.Equal(0, await agent.WaitForExit(AgentHarness.Soon));
        Assert.False(IsAlive(pid));
    }

    [Fact]
    public async Task What_a_killed_agent_left_is_gone_after_the_next_start()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent();
        var run = harness.Submit("set -m; setsid sleep 600 & sleep 601 & echo pids $$ $!; wait");
        await Eventually.Be("the command runs", () => run.LogText.Contains("\npids "), AgentHarness.Soon);
        var left = harness.AttemptFolder(run);

        agent.Kill();
        await agent.WaitForExit(AgentHarness.Soon);
        var pids = run.LogText.Split('\n').First(l => l.StartsWith("pids ", StringComparison.Ordinal)).Split(' ')[1..];
        Assert.All(pids, pid => Assert.True(Directory.Exists($"/proc/{pid}")));
        harness.Service.Questions.Clear();
        harness.StartAgent();
        await AskedAsync(harness);

        Assert.False(Directory.Exists(left));
        Assert.All(pids, pid => Assert.False(IsAlive(pid)));
        Assert.Empty(harness.Service.Questions.First().Offer.Holds);
    }

    [Fact]
    public async Task What_hid_from_a_killed_agent_is_gone_after_the_next_start_too()
    {
        await using var harness = await AgentHarness.OpenAsync();
        // As nobody, there are neither control groups nor a sandbox here.
        await harness.StartAgentAsNobodyAsync("none");
        var run = harness.Submit(
            "env -i setsid sh -c 'sleep 600 & echo hidden $$ $!; exec sleep 600' </dev/null & echo own $$; exec sleep 600"
        );
        await Eventually.Be(
            "all run",
            () => Pids(run, "own").Length + Pids(run, "hidden").Length == 3,
            AgentHarness.Soon
        );
        string[] hidden = Pids(run, "hidden");
        var mark = Path.Combine(harness.AttemptFolder(run), "process.json");
        await Eventually.Be(
            "the agent has written down what hid",
            () => hidden.All(pid => File.ReadAllText(mark).Contains($"\"Pid\":{pid},")),
            AgentHarness.Soon
        );

        await harness.KillAgentsAsync();
        Assert.All(hidden, pid => Assert.True(IsAlive(pid)));
        harness.Service.Questions.Clear();
        await harness.StartAgentAsNobodyAsync("none");
        await AskedAsync(harness);

        Assert.All([.. hidden, .. Pids(run, "own")], pid => Assert.False(IsAlive(pid)));
        Assert.Contains("which had neither a sandbox nor a control group", harness.AgentOutput);
        Assert.Contains("in the last 00:00:02 before", harness.AgentOutput);
    }

    [Fact]
    public async Task A_process_that_only_has_the_number_of_one_that_was_left_is_not_touched()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var foreign = ChildProcess.Start("setsid", ["sleep", "600"]);
        await Eventually.Be("it runs", () => ProcessEntry.Read(foreign.Id)?.Name == "sleep", AgentHarness.Soon);
        var start = ProcessEntry.Read(foreign.Id)!.StartTime;
        var another = new ProcessMark(foreign.Id, start - 1, "DOWNWARD_API_POD_NAME=none")
        {
            Boot = ProcessMark.ThisBoot,
            Remaining = [new RemainingProcess(foreign.Id, start - 1)],
        };
        // After a restart of the machine, numbers and times since its start mean nothing.
        var earlier = new ProcessMark(foreign.Id, start, "DOWNWARD_API_POD_NAME=none")
        {
            Boot = "another",
            Remaining = [new RemainingProcess(foreign.Id, start)],
        };
        foreach (var (mark, i) in new[] { another, earlier }.Select((mark, i) => (mark, i)))
        {
            var folder = Directory.CreateDirectory(Path.Combine(harness.Work, $"training-left{i}.1")).FullName;
            mark.Write(AttemptFolders.MarkOf(folder));
        }

        harness.StartAgent();
        await AskedAsync(harness);

        Assert.Empty(Directory.GetDirectories(harness.Work, "training-*"));
        Assert.False(foreign.HasExited);
    }

    [SandboxFact]
    public async Task A_sandboxed_command_dies_with_its_agent()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent("bubblewrap");
        var run = harness.Submit("echo on; sleep 600");
        await Eventually.Be("the command runs", () => run.LogText.Contains("\non\n"), AgentHarness.Soon);
        var mark = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(harness.AttemptFolder(run), "process.json"))
        );
        var leader = mark.RootElement.GetProperty("Leader").GetInt32();
        Assert.True(IsAlive(leader.ToString()));

        agent.Kill();

        await Eventually.Be("the sandbox ends", () => !IsAlive(leader.ToString()), AgentHarness.Soon);
    }

    [Fact]
    public async Task A_node_runs_as_many_runs_at_once_as_it_has_slots_and_keeps_its_name()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent("none", ("Pool__Slots", "3"));
        var wait = "echo on; while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done";
        FakeRun[] runs = [harness.Submit(wait), harness.Submit(wait, d => d.Slots = 2), harness.Submit("true")];

        await Eventually.Be("two run", () => runs.Count(r => r.LogText.Contains("\non\n")) == 2, AgentHarness.Soon);
        Assert.False(runs[2].Completed.IsCompleted);
        foreach (var run in runs[..2])
        {
            await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
        }
        await Task.WhenAll(runs.Select(harness.CompletionAsync));

        var offers = harness.Service.Questions.Select(q => q.Offer).ToList();
        Assert.Equal([3, 2], offers.Select(o => o.FreeSlots).Take(2));
        Assert.Equal([runs[0].Task.RunId], offers[1].Holds.Select(h => h.RunId));
        agent.Signal("TERM");
        await agent.WaitForExit(AgentHarness.Soon);
        harness.Service.Questions.Clear();
        harness.StartAgent();
        await AskedAsync(harness);
        Assert.Equal(offers[0].Node, harness.Service.Questions.First().Offer.Node);
    }

    [Fact]
    public async Task A_node_elsewhere_needs_no_home()
    {
        await using var harness = await AgentHarness.OpenAsync();
        using var folder = new TemporaryFolder();
        var program = Path.Combine(AppContext.BaseDirectory, "Trainyard.Agent.dll");
        string[] arguments =
        [
            .. new[] { "--service", harness.Service.Url.ToString() },
            .. new[] { "--pool-key-file", Path.Combine(harness.Home, "agent", "pool.key"), "--work", folder.Path },
        ];
        await using var agent = ChildProcess.Start("dotnet", [program, .. arguments]);

        var (_, report) = await harness.RunAsync("true");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
    }

    private static Task AskedAsync(AgentHarness harness) =>
        Eventually.Be("the agent asks for work", () => !harness.Service.Questions.IsEmpty, AgentHarness.Soon);

    private static string[] Pids(FakeRun run, string word) =>
        run.LogText.Split('\n')
            .FirstOrDefault(line => line.StartsWith(word + ' ', StringComparison.Ordinal))
            ?.Split(' ')[1..]
        ?? [];

    private static bool IsAlive(string pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ");
        }
        catch (IOException)
        {
            return false;
        }
    }

    // The agent removes its own folders meanwhile: one that is gone, or just made, is no failure.
    private static bool IsDeleted(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Looked at below.
        }
        return !Directory.Exists(folder);
    }
}
