using System.Text.Json;
using Trainyard.Contracts.Runs;
using Trainyard.EndToEnd.Harness;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>Arrays by the command line, and a service that is killed in the middle of one.</summary>
public sealed class ArraysTests : IAsyncLifetime
{
    private readonly Model _model = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(
            ("Pool__Slots", "3"),
            ("Pool__LeaseDuration", "00:00:05"),
            ("Pool__HeartbeatInterval", "00:00:00.5"),
            ("Pool__GracePeriod", "00:00:02")
        );
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task An_array_is_one_entry_whose_end_says_whether_any_of_its_runs_failed()
    {
        var manifest = _model.Manifest(
            """
            echo "$ARRAY_INDEX of $ARRAY_COUNT: $TEXT" > "$RESULT_DIR/said.txt"
            exit $CODE
            """
        );
        string[] array = ["--array", "CODE=0,3", "--array", "TEXT=\"a, b\""];

        var trained = await _service.Bx.Run(["ml", "train", _model.Folder, manifest, .. array, "--monitor"]);

        Assert.Equal(1, trained.ExitCode);
        Assert.Contains("Status: FAILED", trained.Out);
        Assert.Contains("Results: results (file), a folder for each run", trained.Out);
        var id = trained.Out.First(l => l.StartsWith("Model-ID is")).Split('\'')[1];
        var listed = await Bx("ml", "list", "training-runs");
        Assert.Contains("1 records found.", listed.Out);
        Assert.Contains(
            listed.Out,
            l => l.Contains(id) && l.Contains(" error ") && l.Contains("2 of 2 ended, 1 failed")
        );

        var runs = await Bx("ml", "list", "training-runs", "--array", id);
        var good = Assert.Single(runs.Out, l => l.StartsWith("0 ") && l.Contains("CODE=0 TEXT=a, b"));
        var bad = Assert.Single(runs.Out, l => l.StartsWith("1 ") && l.Contains("CODE=3 TEXT=a, b"));
        Assert.Matches(@" completed +0$", good.TrimEnd());
        Assert.Matches(@" error +3$", bad.TrimEnd());
        var (first, second) = (IdIn(good), IdIn(bad));
        Assert.Equal("0 of 2: a, b\n", await SaidAsync(first));
        Assert.Equal("1 of 2: a, b\n", await SaidAsync(second));

        var shown = await Bx("ml", "show", "training-runs", id);
        Assert.Contains(shown.Out, l => l.StartsWith("Array ") && l.EndsWith("2 runs, 2 of 2 ended, 1 failed"));
        Assert.Contains(
            shown.Out,
            l => l.StartsWith("Reason ") && l.Contains($"{second} (CODE=3 TEXT=a, b) command_failed: exit 3")
        );
        Assert.Contains(bad, shown.Out);
        Assert.Contains((await Bx("ml", "show", "training-runs", second)).Out, l => l.EndsWith($"{id} #1 of 2"));

        await Bx("ml", "delete", "training-runs", id);
        Assert.Contains("0 records found.", (await Bx("ml", "list", "training-runs")).Out);
        Assert.Equal(4, (await _service.Bx.Run("ml", "show", "training-runs", second)).ExitCode);
        Assert.Equal("0 of 2: a, b\n", await SaidAsync(first));
    }

    [Fact]
    public async Task An_array_outlives_the_service_and_is_canceled_as_one()
    {
        var manifest = _model.Manifest(
            """
            echo "$N" >> "$RESULT_DIR/said.txt"
            test $N = 1 || sleep 300
            """
        );
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(manifest, $"{text}\narray: {{N: [1, 2, 3, 4, 5, 6]}}\n");
        var id = await _service.Bx.Train(_model.Folder, manifest);
        await CountAsync(id, "completed", 1);
        await _service.Kill();
        await _service.Start();
        await CountAsync(id, "running", 3);

        await Bx("ml", "cancel", "training-runs", id);

        var ended = await _service.WaitForEnd(id);
        Assert.Equal(RunState.Canceled, ended.Entity.Status.State);
        Assert.Equal("canceled_by_owner", ended.Entity.Status.Reason!.Code);
        Assert.Equal((1, 5), (ended.Entity.Array!.States!.Completed, ended.Entity.Array.States.Canceled));
        var runs = await Bx("ml", "list", "training-runs", "--array", id);
        Assert.Equal(5, runs.Out.Count(l => l.Contains(" canceled")));
        Assert.Equal("1\n", await SaidAsync(IdIn(runs.Out.First(l => l.Contains(" N=1 ")))));
    }

    private static string IdIn(string line) => line.Split(' ').First(w => w.StartsWith("training-"));

    private Task<string> SaidAsync(string run) =>
        File.ReadAllTextAsync(Path.Combine(_service.Bucket("results"), run, "said.txt"));

    private async Task CountAsync(string id, string state, int count)
    {
        var last = "";
        await Eventually.Be(
            $"{count} of the runs are {state}",
            async () =>
            {
                var runs = await Bx("ml", "list", "training-runs", "--array", id, "-o", "json");
                last = string.Join('\n', runs.Out);
                return JsonDocument
                        .Parse(last)
                        .RootElement.GetProperty("resources")
                        .EnumerateArray()
                        .Count(run =>
                            run.GetProperty("entity").GetProperty("status").GetProperty("state").GetString() == state
                        ) == count;
            },
            TimeSpan.FromSeconds(90),
            () => $"{last}\n{string.Join('\n', _service.Messages)}"
        );
    }

    private async Task<BxResult> Bx(params string[] arguments)
    {
        var done = await _service.Bx.Run(arguments);
        Assert.True(done.ExitCode == 0, $"{done}\n{string.Join('\n', _service.Messages)}");
        return done;
    }
}
