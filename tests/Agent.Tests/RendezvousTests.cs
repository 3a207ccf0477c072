using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests;

/// <summary>A command that is written for several learners runs as the only one.</summary>
public sealed class RendezvousTests
{
    // What torchrun does on the first node, and what every node does then.
    private const string Meet = """
        import os, socket
        place = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
        with socket.create_server(place) as master, socket.create_connection(place, 10) as learner:
            met = master.accept()[0]
            met.sendall(b"met")
            met.close()
            print(learner.recv(9).decode(), "as", os.environ["NODE_RANK"], "of", os.environ["NNODES"])
            print("world", os.environ.get("WORLD_SIZE"), os.environ.get("RANK"))
        """;

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task The_only_learner_meets_itself_where_it_is_told_to(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync("python3 meet.py", d => d.Files["meet.py"] = Meet);

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("met as 0 of 1\nworld None None\n", run.LogText);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task A_meeting_place_in_the_manifest_goes_before(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, _) = await harness.RunAsync(
            "echo at $MASTER_ADDR:$MASTER_PORT $NODE_RANK of $NNODES",
            d =>
            {
                d.Env["MASTER_ADDR"] = "first.example";
                d.Env["MASTER_PORT"] = "29500";
                d.Env["NNODES"] = "4";
                d.Env["NODE_RANK"] = "3";
            }
        );

        Assert.Contains("at first.example:29500 3 of 4\n", run.LogText);
    }
}
