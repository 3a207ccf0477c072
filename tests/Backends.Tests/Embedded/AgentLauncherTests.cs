using System.Diagnostics;
using System.Globalization;
using Trainyard.Backends.Child;
using Trainyard.Contracts;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>
/// Real services with a stand-in for the agent: a script that keeps to the agent's conventions (lock, process id, exit
/// code 3 for the second one, an end at SIGTERM) and writes down what happens to it.
/// </summary>
public sealed class AgentLauncherTests : IAsyncLifetime
{
    private const string Script = """
        #!/bin/sh
        cd "$2/agent" || exit 1
        exec 9>agent.lock
        flock -n 9 || { echo "second" >>events; exit 3; }
        echo $$ >agent.pid
        echo "slots $Pool__Slots, pool $Pool__Name" >>events
        echo "started $$" >>events
        echo "hello of the agent"
        trap 'echo "stopped $$" >>events; exit 0' TERM
        while :; do sleep 1 & wait $!; done
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _temporary = new();

    private StateFolder Home => new(Path.Combine(_temporary.Path, "state"));

    private string Program => _temporary.File("fake-agent");

    public Task InitializeAsync()
    {
        File.WriteAllText(Program, Script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_agent_starts_with_the_service_and_gets_the_pools_settings()
    {
        await using var service = await StartAsync();

        await AgentAsync();

        Assert.Contains("slots 7, pool lab", Events());
        await Eventually.Be("the log", () => File.ReadAllText(Home.AgentLog).Contains("hello"), Patience);
    }

    [Fact]
    public async Task It_outlives_a_service_that_is_killed_and_the_next_service_takes_it_up()
    {
        int first;
        await using (var service = await StartAsync())
        {
            first = await AgentAsync();
            service.Kill();
            await service.WaitForExit(Patience);
        }

        await using var next = await StartAsync();
        next.Signal("TERM");
        await next.WaitForExit(Patience);

        await Eventually.Be("its end", () => Events().Contains($"stopped {first}"), Patience);
        Assert.Single(Events(), line => line.StartsWith("started"));
        Assert.DoesNotContain("second", Events());
    }

    [Fact]
    public async Task A_service_that_stops_asks_it_to_stop()
    {
        await using var service = await StartAsync();
        var agent = await AgentAsync();

        service.Signal("TERM");
        Assert.Equal(0, await service.WaitForExit(Patience));

        await Eventually.Be("its end", () => Events().Contains($"stopped {agent}"), Patience);
    }

    [Fact]
    public async Task An_agent_that_dies_is_started_again()
    {
        await using var service = await StartAsync();
        var first = await AgentAsync();

        Kill(first);

        await Eventually.Be("another one", () => Events().Count(e => e.StartsWith("started")) == 2, Patience);
    }

    [Fact]
    public async Task An_agent_that_was_taken_up_and_dies_is_started_again()
    {
        await using (var service = await StartAsync())
        {
            await AgentAsync();
            service.Kill();
            await service.WaitForExit(Patience);
        }
        await using var next = await StartAsync();

        Kill(await AgentAsync());

        await Eventually.Be("another one", () => Events().Count(e => e.StartsWith("started")) == 2, Patience);
    }

    [Fact]
    public async Task It_leads_a_session_of_its_own()
    {
        await using var service = await StartAsync();

        var agent = await AgentAsync();

        // The sixth field of stat, behind the name in brackets, is the session.
        var stat = await File.ReadAllTextAsync($"/proc/{agent}/stat");
        Assert.Equal(agent.ToString(CultureInfo.InvariantCulture), stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
    }

    public Task DisposeAsync()
    {
        foreach (var started in Events().Where(line => line.StartsWith("started")))
        {
            Kill(int.Parse(started.Split(' ')[1], CultureInfo.InvariantCulture));
        }
        _temporary.Dispose();
        return Task.CompletedTask;
    }

    private async Task<ChildProcess> StartAsync()
    {
        var service = ChildProcess.Start(
            "dotnet",
            [
                typeof(Contents).Assembly.Location,
                Home.Path,
                "serve",
                "Pool:StartAgent=true",
                "Pool:Slots=7",
                "Pool:Name=lab",
                $"Agent:Program={Program}",
            ]
        );
        await service.WaitForLine(line => line == "ready", Patience);
        return service;
    }

    private async Task<int> AgentAsync()
    {
        await Eventually.Be("an agent", () => Events().Any(line => line.StartsWith("started")), Patience);
        return int.Parse(await File.ReadAllTextAsync(Home.AgentPidFile), CultureInfo.InvariantCulture);
    }

    private string[] Events()
    {
        var file = Path.Combine(Home.Agent, "events");
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    // Only ever a process of this test's own: its command line names the script.
    private void Kill(int pid)
    {
        var commandLine = $"/proc/{pid}/cmdline";
        if (!File.Exists(commandLine) || !File.ReadAllText(commandLine).Contains(Program))
        {
            return;
        }
        using var process = Process.GetProcessById(pid);
        process.Kill();
        process.WaitForExit();
    }
}
