using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>Runs with a learner on each of two nodes: two real agents.</summary>
public sealed class SeveralNodesTests : IAsyncLifetime
{
    private const string Meet = """
        import os, socket, time
        place = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
        mine = 40 if os.environ["NODE_RANK"] == "0" else 2
        if os.environ["NODE_RANK"] == "0":
            with socket.create_server(place) as master:
                other = master.accept()[0]
        else:
            until = time.monotonic() + 30
            while True:
                try:
                    other = socket.create_connection(place, 1)
                    break
                except ConnectionRefusedError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.05)
        other.sendall(str(mine).encode())
        total = mine + int(other.recv(9))
        print("total", total, "of", os.environ["NUM_LEARNERS"], "at", os.environ["DOWNWARD_API_POD_NAME"])
        with open(os.environ["RESULT_DIR"] + "/total.txt", "w") as result:
            result.write(str(total))
        """;

    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private readonly Dictionary<string, ChildProcess> _agents = [];
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(
            ("Pool__StartAgent", "false"),
            ("Pool__LeaseDuration", "00:00:05"),
            ("Pool__HeartbeatInterval", "00:00:00.5"),
            ("Pool__GracePeriod", "00:00:05")
        );
        _service.Bucket("data");
        _service.Bucket("results");
        foreach (var name in new[] { "a", "b" })
        {
            _agents[name] = _service.StartAgent(name, ("Pool__Slots", "1"));
        }
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        foreach (var agent in _agents.Values)
        {
            await agent.DisposeAsync();
        }
        _gate.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task Two_nodes_meet_exchange_a_number_and_leave_their_files_apart()
    {
        _model.Add("meet.py", Meet);
        var id = await _service.Bx.Train(_model.Folder, Manifest("python3 meet.py"));

        var monitor = await _service.Bx.Run("ml", "monitor", "training-runs", id);

        Assert.True(monitor.ExitCode == 0, $"{monitor}\n{AgentOutput}");
        Assert.Single(monitor.Out, line => line.StartsWith("learner-1: total 42 of 2 at ", StringComparison.Ordinal));
        Assert.Single(monitor.Out, line => line.StartsWith("learner-2: total 42 of 2 at ", StringComparison.Ordinal));
        var second = await _service.Bx.Run("ml", "monitor", "training-runs", id, "logs", "--learner", "2");
        Assert.Contains(second.Out, line => line.StartsWith("total 42 of 2 at ", StringComparison.Ordinal));
        Assert.DoesNotContain(second.Out, line => line.StartsWith("learner-", StringComparison.Ordinal));
        var third = await _service.Bx.Run("ml", "monitor", "training-runs", id, "logs", "--learner", "3");
        Assert.Contains("The run has 2 learners: 1 to 2.", third.ToString());
        Assert.Equal("42", await Stored(id, "total.txt"));
        Assert.Equal("42", await Stored(id, "learner-2/total.txt"));
        var places = new HashSet<string>();
        foreach (var learner in new[] { 1, 2 })
        {
            var log = await Stored(id, $"learner-{learner}/training-log.txt");
            places.Add(log.Split('\n').Single(line => line.StartsWith("total 42", StringComparison.Ordinal)));
        }
        Assert.Equal(2, places.Count);
        Assert.Equal(2, (await _service.Run(id)).Entity.Status.Learners);
    }

    [Fact]
    public async Task The_first_failure_ends_all_and_the_reason_names_the_learner()
    {
        // Learner 1 would wait for ever; it has to be told to end.
        const string Command = """
            trap 'echo told to end; exit 1' TERM
            if [ $LEARNER_ID = 2 ]; then echo broken here; exit 3; fi
            while true; do sleep 0.1; done
            """;
        var id = await _service.Bx.Train(_model.Folder, Manifest(Command));

        var run = await _service.WaitForEnd(id);

        var status = run.Entity.Status;
        Assert.Equal((RunState.Error, 3), (status.State, status.ExitCode));
        Assert.Equal(("command_failed", "learner 2: exit 3"), (status.Reason!.Code, status.Reason.Message));
        Assert.Contains("broken here", status.Failure!.LogTail);
        Assert.Contains("told to end\n", await Stored(id, "learner-1/training-log.txt"));
        // Both nodes are free again.
        var next = await _service.Bx.Train(_model.Folder, Manifest("true"));
        Assert.Equal(RunState.Completed, (await _service.WaitForEnd(next)).Entity.Status.State);
    }

    // Takes a minute: that is the shortest interval a manifest may ask for.
    [TorchFact]
    public async Task PyTorch_on_two_nodes_goes_on_from_its_checkpoint_when_a_node_is_killed()
    {
        _model.Add(
            "train.py",
            await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "examples", "two-nodes", "model", "train.py"))
        );
        const string Torch =
            "/usr/bin/torchrun --nnodes $NNODES --node-rank $NODE_RANK --nproc-per-node 1 "
            + "--master-addr $MASTER_ADDR --master-port $MASTER_PORT train.py --epochs 20";
        // The first attempt stops in the middle: its second learner waits at the gate.
        var hold = $"--hold-at 5 --hold 'python3 gate.py {_gate.Port} second'";
        var manifest = Manifest($"{Torch} {hold}");
        await File.AppendAllTextAsync(manifest, "\ncheckpoint:\n  path: state\n  interval: 1m\n");
        var id = await _service.Bx.Train(_model.Folder, manifest);
        using var held = await _gate.Arrival();
        await Eventually.Be(
            "a checkpoint is saved",
            () => AgentOutput.Contains("saved a checkpoint of 1 files", StringComparison.Ordinal),
            TimeSpan.FromSeconds(120),
            () => AgentOutput
        );

        var (name, killed) = _agents.Single(agent => agent.Value.Output.Contains("learner 2 of 2 is ready"));
        killed.Kill();
        await using var gone = killed;
        _agents[name] = _service.StartAgent(name, ("Pool__Slots", "1"));

        var run = await _service.WaitForEnd(id, seconds: 120);
        var log = await Stored(id, "learner-1/training-log.txt");
        Assert.True(run.Entity.Status is { State: RunState.Completed, Attempt: 2 }, $"{log}\n{AgentOutput}");
        Assert.Matches(@"\nRestored a checkpoint of \S+Z: 1 files, \d+ bytes\.\n", log);
        Assert.Contains("\nBegins at epoch 0 of 20, as 1 of 2.\n", log);
        Assert.Contains("\nBegins at epoch 5 of 20, as 1 of 2.\n", log);
        Assert.Contains("\nBegins at epoch 5 of 20, as 2 of 2.\n", await Stored(id, "learner-2/training-log.txt"));
        Assert.True(_gate.NobodyWaits, "The second attempt began anew.");
        Assert.True(new FileInfo(Path.Combine(_service.Bucket("results"), id, "model", "line.pt")).Length > 0);
    }

    private string AgentOutput => string.Join('\n', _agents.Values.Select(agent => agent.Output));

    private string Manifest(string command)
    {
        var text = File.ReadAllText(_model.Manifest(command));
        return _model.File("two.yaml", text.Replace("name: small", "name: small\n      nodes: 2"));
    }

    private Task<string> Stored(string id, string path) =>
        File.ReadAllTextAsync(Path.Combine(_service.Bucket("results"), id, path));
}

/// <summary>A test with Debian's PyTorch; skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = File.Exists("/usr/bin/torchrun") ? null : "python3-torch is not installed";
}
