using System.Security.Cryptography;
using System.Text;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>Runs with a learner on each of two nodes: two real agents.</summary>
public sealed class SeveralNodesTests : IAsyncLifetime
{
    private const string Meet = """
        import os, socket, time
        rank = int(os.environ["NODE_RANK"])
        place = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
        if rank == 0:
            with socket.create_server(place) as master:
                other = master.accept()[0]
        else:
            until = time.monotonic() + 30
            while True:
                try:
                    other = socket.create_connection(place)
                    break
                except ConnectionRefusedError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.05)
        """;

    private const string AddUp = """
        import os
        from meet import rank, other
        mine = 40 if rank == 0 else 2
        other.sendall(str(mine).encode())
        total = mine + int(other.recv(9))
        print("total", total, "of", os.environ["NUM_LEARNERS"], "at", os.environ["DOWNWARD_API_POD_NAME"])
        with open(os.environ["RESULT_DIR"] + "/total.txt", "w") as result:
            result.write(str(total))
        """;

    // Both send a byte before each step, and end when the other is gone.
    private const string Steps = """
        import os, pathlib, subprocess, sys
        from meet import rank, other
        saved = pathlib.Path(os.environ["CHECKPOINT_DIR"], "line.pt")
        first = int(saved.read_text()) if saved.exists() else 0
        print(f"Begins at epoch {first} of 20, as {rank + 1} of {os.environ['NNODES']}.", flush=True)
        for epoch in range(first, 20):
            if first == 0 and epoch == 5 and rank == 1:
                subprocess.run(sys.argv[sys.argv.index("--hold") + 1], shell=True, check=True)
            other.sendall(b"x")
            if not other.recv(1):
                sys.exit("the other is gone")
            if rank == 0:
                saved.with_suffix(".new").write_text(str(epoch + 1))
                saved.with_suffix(".new").replace(saved)
                print(f"::progress {epoch + 1}/20", flush=True)
        if rank == 0:
            pathlib.Path(os.environ["RESULT_DIR"], "model", "line.pt").write_text("3x + 1")
        """;

    private const string Torch = "/usr/lib/python3/dist-packages/torch";

    private static readonly string Program = Path.Combine(
        Programs.Repository,
        "examples",
        "two-nodes",
        "model",
        "train.py"
    );

    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private readonly Dictionary<string, ChildProcess> _agents = [];
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(
            ("Pool__StartAgent", "false"),
            ("Pool__CpuStandIn", "true"),
            ("Pool__LeaseDuration", "00:00:05"),
            ("Pool__HeartbeatInterval", "00:00:00.5"),
            ("Pool__GracePeriod", "00:00:05"),
            ("Manifests__MinCheckpointInterval", "00:00:01")
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
        _model.Add("add.py", AddUp);
        var id = await _service.Bx.Train(_model.Folder, Manifest("python3 add.py"));

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

    // Where Debian's PyTorch is installed, it is trained; elsewhere a program takes the same steps without it.
    [Fact]
    public async Task A_training_on_two_nodes_goes_on_from_its_checkpoint_when_one_of_them_is_killed()
    {
        _model.Add("meet.py", Meet);
        _model.Add("plain.py", Steps);
        _model.Add("train.py", await File.ReadAllTextAsync(Program));
        var train = Directory.Exists(Torch)
            ? "RANK=$NODE_RANK WORLD_SIZE=$NNODES /usr/bin/python3 train.py --epochs 20"
            : "python3 plain.py";
        // The first attempt stops in the middle: its second learner waits at the gate.
        var hold = $"--hold-at 5 --hold 'python3 gate.py {_gate.Port} second'";
        var manifest = Manifest($"{train} {hold}");
        await File.AppendAllTextAsync(manifest, "\ncheckpoint:\n  path: state\n  interval: 1s\n");
        var id = await _service.Bx.Train(_model.Folder, manifest);
        using var held = await ArrivalAsync(id);
        await Eventually.Be(
            "the fifth step is done",
            async () => (await _service.Run(id)).Entity.Status.Progress is { Step: 5 },
            TimeSpan.FromSeconds(60),
            () => AgentOutput
        );
        await Eventually.Be("it is saved", IsSaved, TimeSpan.FromSeconds(60), () => AgentOutput);

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

    [Fact]
    public async Task A_run_on_two_nodes_gives_way_on_both_to_one_on_two_and_goes_on_from_its_checkpoint()
    {
        // Both learners save their state when they are told to stop; without that, they fail.
        var train = $$"""
            if [ -e "$CHECKPOINT_DIR/step" ]; then cp "$CHECKPOINT_DIR/step" "$RESULT_DIR/continued.txt"; exit 0; fi
            trap 'echo saved by $LEARNER_ID > "$CHECKPOINT_DIR/step"; exit 0' TERM
            python3 gate.py {{_gate.Port}} learner-$LEARNER_ID &
            wait $!
            exit 9
            """;
        var id = await _service.Bx.Train(
            _model.Folder,
            Manifest(train, "preemptible: true\ncheckpoint: {path: state}\nretries: {node_lost: 0, system_error: 0}\n")
        );
        using var first = await ArrivalAsync(id);
        using var second = await ArrivalAsync(id);

        var urgent = await _service.Bx.Train(_model.Folder, Manifest("true", "priority: high\n"));

        Assert.Equal(RunState.Completed, (await _service.WaitForEnd(urgent)).Entity.Status.State);
        var status = (await _service.WaitForEnd(id)).Entity.Status;
        Assert.Equal((RunState.Completed, 2, 1), (status.State, status.Attempt, status.Preemptions));
        Assert.Contains(
            $"preempted: gave way to your run {urgent} of priority high; goes on from its last checkpoint",
            status.History.Select(phase => phase.Reason)
        );
        Assert.Equal("saved by 1\n", await Stored(id, "continued.txt"));
        Assert.Equal("saved by 1\n", await Stored(id, "learner-2/continued.txt"));
        foreach (var learner in new[] { 1, 2 })
        {
            Assert.Contains(
                "\nTold to give way to another run.\n",
                await Stored(id, $"learner-{learner}/training-log.txt")
            );
        }
        Assert.True(_gate.NobodyWaits, "The second attempt began anew.");
    }

    private async Task<Gate.Held> ArrivalAsync(string id)
    {
        try
        {
            return await _gate.Arrival();
        }
        catch (OperationCanceledException e)
        {
            var logs = await _service.Bx.Run("ml", "monitor", "training-runs", id, "--until", "0s");
            throw new TimeoutException($"Nobody comes to the gate. {logs}\n{AgentOutput}", e);
        }
    }

    /// <summary>Whether the next attempt would get the file as it is now: the run's checkpoint names its SHA-256.</summary>
    private bool IsSaved()
    {
        var file = FilesInUse.FilesBelow(_service.Nodes).Single(path => Path.GetFileName(path) == "line.pt");
        var hash = Convert.ToHexStringLower(SHA256.HashData(FilesInUse.Read(file)));
        return FilesInUse.FilesWith(Path.Combine(_service.Home, "blobs"), Encoding.ASCII.GetBytes(hash)).Count > 0;
    }

    private string AgentOutput => string.Join('\n', _agents.Values.Select(agent => agent.Output));

    private string Manifest(string command, string more = "")
    {
        var text = File.ReadAllText(_model.Manifest(command));
        return _model.File("two.yaml", text.Replace("name: small", "name: small\n      nodes: 2") + "\n" + more);
    }

    private Task<string> Stored(string id, string path) =>
        File.ReadAllTextAsync(Path.Combine(_service.Bucket("results"), id, path));
}
