using System.Net;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>Learners of one run start together, find each other, and leave their files apart.</summary>
public sealed class SeveralLearnersTests
{
    // The first learner adds up the numbers that all bring, and tells everyone.
    private const string AddUp = """
        import os, pathlib, socket
        rank, nodes = int(os.environ["NODE_RANK"]), int(os.environ["NNODES"])
        place = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
        if rank == 0:
            with socket.create_server(place) as master:
                others = [master.accept()[0] for _ in range(nodes - 1)]
                total = 40 + sum(int(other.recv(9)) for other in others)
                for other in others:
                    other.sendall(str(total).encode())
        else:
            for _ in range(200):
                try:
                    master = socket.create_connection(place, 1)
                    break
                except ConnectionRefusedError:
                    __import__("time").sleep(0.05)
            master.sendall(str(rank + 1).encode())
            total = int(master.recv(9))
        print("total", total, "as", os.environ["LEARNER_ID"], "of", os.environ["NUM_LEARNERS"])
        print("all at", os.environ["LEARNER_ADDRESSES"])
        results = pathlib.Path(os.environ["RESULT_DIR"])
        (results / "total.txt").write_text(str(total))
        (results / "learner-2").mkdir()
        (results / "learner-2" / "mine.txt").write_text("not yours")
        (pathlib.Path(os.environ["LOG_DIR"]) / "extra.txt").write_text("extra")
        """;

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Learners_meet_and_their_files_do_not_collide(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);
        var rendezvous = new FakeRendezvous(2);
        var runs = new[] { 1, 2 }
            .Select(learner =>
                harness.Submit("python3 add.py", d => With(d, learner, rendezvous).Files["add.py"] = AddUp)
            )
            .ToArray();

        var reports = await Task.WhenAll(runs.Select(harness.CompletionAsync));

        Assert.All(reports, report => Assert.True(report.Outcome is AttemptOutcome.Succeeded, runs[0].LogText));
        foreach (var (run, learner) in runs.Zip([1, 2]))
        {
            Assert.Contains($"Learner {learner} of 2 is ready and waits for the others.\n", run.LogText);
            Assert.Contains("All 2 learners are ready; they meet at 127.0.0.1:", run.LogText);
            Assert.Contains($"total 42 as {learner} of 2\nall at 127.0.0.1,127.0.0.1\n", run.LogText);
        }
        Assert.Equal(
            ["learner-1/extra.txt", "learner-1/training-log.txt", "total.txt"],
            runs[0].Staged.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Contains("Did not store 'learner-2': the service keeps the files of another learner", runs[0].LogText);
        Assert.Equal(
            ["extra.txt", "learner-2/mine.txt", "total.txt", "training-log.txt"],
            runs[1].Staged.Keys.Select(path => path["learner-2/".Length..]).Order(StringComparer.Ordinal)
        );
        Assert.All(runs[1].Staged.Keys, path => Assert.StartsWith("learner-2/", path));
    }

    [SandboxFact]
    public async Task The_others_are_found_by_their_names()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("bubblewrap", ("Agent__Address", "127.0.0.7"));
        var rendezvous = new FakeRendezvous(3);
        rendezvous.Come(3, "127.0.0.9");
        rendezvous.Come(1, "127.0.0.8");

        var (run, report) = await harness.RunAsync(
            "hostname; getent hosts learner-1 learner-2 learner-3 | awk '{print $1, $2}'; echo rank $NODE_RANK",
            d => With(d, 2, rendezvous).Learners = 3
        );

        Assert.True(report.Outcome is AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains(
            "learner-2\n127.0.0.8 learner-1\n127.0.0.7 learner-2\n127.0.0.9 learner-3\nrank 1\n",
            run.LogText
        );
    }

    [Fact]
    public async Task A_learner_waits_for_the_others_until_it_is_canceled()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        // Each question is answered at once: not yet.
        var rendezvous = new FakeRendezvous(2) { Wait = TimeSpan.FromMilliseconds(1) };
        var run = harness.Submit("echo never", d => With(d, 1, rendezvous));
        await Eventually.Be("ready", () => rendezvous.Ready.Contains(1), AgentHarness.Soon);
        await Eventually.Be(
            "told",
            () => run.Phases.Any(phase => phase.Progress == "waits for the other learners"),
            AgentHarness.Soon
        );

        run.CancelRequested = true;
        var report = await harness.CompletionAsync(run);

        Assert.Equal((AttemptOutcome.Canceled, "Canceled before the command began."), (report.Outcome, report.Message));
        Assert.DoesNotContain("never\n", run.LogText);
        Assert.DoesNotContain(run.Phases, phase => phase.Phase is RunPhase.Processing);
    }

    [SandboxFact]
    public async Task A_node_without_a_network_for_commands_says_so_instead_of_waiting()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("bubblewrap", ("Pool__Network", "none"));
        var run = harness.Submit("echo never", d => With(d, 1, new FakeRendezvous(2)));

        var report = await harness.CompletionAsync(run);

        Assert.Equal(AttemptOutcome.NodeFailed, report.Outcome);
        Assert.Equal(
            "its learners cannot reach each other: its commands have no network (Pool__Network=none)",
            report.Message
        );
    }

    [Fact]
    public async Task Only_the_first_learner_saves_the_checkpoint_and_tells_the_progress()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var (rendezvous, checkpoints) = (new FakeRendezvous(2), new FakeCheckpoints());
        var runs = new[] { 1, 2 }
            .Select(learner =>
                harness.Submit(
                    "echo mine-$LEARNER_ID >$CHECKPOINT_DIR/step; echo ::progress 1/2",
                    d =>
                    {
                        With(d, learner, rendezvous).Checkpoints = checkpoints;
                        d.Checkpoint = new NodeCheckpoint { Path = "state", IntervalSeconds = 3600 };
                    }
                )
            )
            .ToArray();

        await Task.WhenAll(runs.Select(harness.CompletionAsync));

        Assert.Equal("mine-1\n", checkpoints.TextOfSaved("step"));
        Assert.Single(checkpoints.Commits);
        Assert.Empty(runs[1].Progress);
        Assert.Equal("mine-2\n", runs[1].StagedText("learner-2/state/step"));
    }

    [Theory]
    [InlineData("10.0.0.1 10.0.0.2", 1, NetworkAccess.Guarded, null)]
    [InlineData("127.0.0.1 127.0.0.1", 1, NetworkAccess.Guarded, null)]
    [InlineData("127.0.0.1 ::1", 2, NetworkAccess.Public, null)]
    [InlineData("8.8.8.8 2001:4860::1", 1, NetworkAccess.Public, null)]
    [InlineData("127.0.0.1 10.0.0.2", 1, NetworkAccess.All, "own: learner-1's node gave 127.0.0.1 as its address")]
    [InlineData("127.0.0.1 10.0.0.2", 2, NetworkAccess.All, "other: learner-1's node gave 127.0.0.1 as its address")]
    [InlineData(
        "8.8.8.8 192.168.0.2",
        1,
        NetworkAccess.Public,
        "own: learner-2 is at 192.168.0.2, in a private network"
    )]
    [InlineData("8.8.8.8 fd00::2", 2, NetworkAccess.Public, "own: learner-2 is at fd00::2, in a private network")]
    public void Learners_that_cannot_reach_each_other_are_found_out(
        string addresses,
        int own,
        NetworkAccess access,
        string? expected
    )
    {
        var hosts = new LearnerHosts(own, [.. addresses.Split(' ').Select(IPAddress.Parse)]);

        var thrown = Record.Exception(() => LearnerReach.Check(hosts, access)) as LearnersApartException;

        var told = thrown is null ? "" : $"{(thrown.IsOwnFault ? "own" : "other")}: {thrown.Message}";
        Assert.StartsWith(
            expected ?? "",
            told.Replace("its learners cannot reach each other: ", "", StringComparison.Ordinal)
        );
        Assert.Equal(expected is null, thrown is null);
    }

    // The service cancels the others when one learner ended: of a run that gives way that is no cancel by its owner.
    [Theory]
    [InlineData(1, AttemptOutcome.Canceled)]
    [InlineData(2, AttemptOutcome.Preempted)]
    public async Task A_learner_that_is_told_to_give_way_and_to_end_gives_way(int learners, AttemptOutcome outcome)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent();
        var rendezvous = new FakeRendezvous(2);
        rendezvous.Come(2, "127.0.0.1");
        var run = harness.Submit(
            "trap 'echo saved > $CHECKPOINT_DIR/a; exit 0' TERM; echo on; while :; do sleep 0.05; done",
            d =>
            {
                d.Checkpoint = new NodeCheckpoint { Path = "state", IntervalSeconds = 600 };
                if (learners > 1)
                {
                    With(d, 1, rendezvous);
                }
            }
        );
        await Eventually.Be("the command runs", () => run.LogText.Contains("on\n"), AgentHarness.Soon);
        run.Told = new HeartbeatAnswer { CancelRequested = true, PreemptRequested = true };

        var report = await harness.CompletionAsync(run);

        Assert.Equal(outcome, report.Outcome);
        Assert.Equal("saved\n", run.Checkpoints.Commits.Last()["a"]);
        Assert.Equal(outcome is AttemptOutcome.Preempted, run.Staged.IsEmpty);
    }

    [Fact]
    public void The_only_learner_has_the_names_of_before() =>
        Assert.Equal("127.0.0.1\tlocalhost learner-1\n", IdentityFiles.Names(LearnerHosts.Alone));

    private static RunDraft With(RunDraft draft, int learner, FakeRendezvous rendezvous)
    {
        (draft.Learner, draft.Learners, draft.Rendezvous) = (learner, 2, rendezvous);
        return draft;
    }
}
