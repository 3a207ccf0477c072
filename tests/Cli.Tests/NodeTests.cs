using Trainyard.Cli.Tests.Fakes;

namespace Trainyard.Cli.Tests;

public sealed class NodeTests
{
    private const string Nodes = "GET /v3/nodes";

    private static readonly object Two = new
    {
        resources = new object[]
        {
            new
            {
                name = "cpu1",
                pool = "default",
                gpus = 0,
                slots = 2,
                free_slots = 2,
                state = "ready",
                seen_at = "2026-11-27T15:00:00.000Z",
                sandbox = "none",
                failures = 0,
            },
            new
            {
                name = "gpu7-1a2b3c4d",
                pool = "default",
                gpus = 4,
                slots = 4,
                free_slots = 2,
                state = "set_aside",
                seen_at = "2026-11-27T15:00:01.000Z",
                sandbox = "bubblewrap",
                provides = new
                {
                    cpus = 52,
                    memory_bytes = 224_000_000_000,
                    disk_bytes = 962_072_674_304,
                    free_disk_bytes = 1_000_000_000_000,
                    gpus = new[]
                    {
                        new
                        {
                            model = "Tesla V100-SXM2-16GB",
                            count = 4,
                            memory_bytes = 17_000_000_000,
                        },
                    },
                    gpu_driver = "535.54.03",
                    pythons = new[]
                    {
                        new
                        {
                            program = "python3",
                            version = "3.12.1",
                            packages = new { torch = "2.5.1" },
                        },
                    },
                    containers = new { engine = "podman", version = "4.3.1" },
                },
                failures = 3,
                set_aside_until = "2026-11-27T15:04:00.000Z",
                reason = "node_failed: No space left on device",
            },
        },
    };

    [Fact]
    public async Task Nodes_are_listed_and_one_without_a_sandbox_is_warned_of()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Nodes, Two);

        var run = await BxRun.OfAsync(service, "ml", "list", "nodes");

        Assert.Equal(
            """
            Fetching the list of nodes ...
            SI No   Name            pool      state       gpus   free   cpus      memory    disk      provides                     sandbox      seen-at
            1       cpu1            default   ready       0      2/2    unknown   unknown   unknown   unknown                      none         2026-11-27T15:00:00Z
            2       gpu7-1a2b3c4d   default   set_aside   4      2/4    52        224 GB    962 GB    python 3.12.1, torch 2.5.1   bubblewrap   2026-11-27T15:00:01Z

            2 records found.
            OK
            List all nodes successful

            """,
            run.Out
        );
        Assert.Equal("warning: commands on 'cpu1' run without a sandbox, with all rights of its agent.\n", run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task A_node_is_shown_with_why_it_is_set_aside()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Nodes, Two);

        var run = await BxRun.OfAsync(service, "ml", "show", "nodes", "gpu7-1a2b3c4d");

        Assert.Equal(
            """
            Fetching the details of the node 'gpu7-1a2b3c4d' ...
            Name           gpu7-1a2b3c4d
            Pool           default
            State          set_aside until 2026-11-27T15:04:00Z
            Seen_at        2026-11-27T15:00:01Z
            GPUs           4 × Tesla V100-SXM2-16GB, 17.0 GB each
            Slots          2 of 4 free
            Sandbox        bubblewrap
            CPUs           52
            Memory         224 GB
            Disk           962 GB for runs
            Free_disk      1.0 TB
            GPU_driver     535.54.03
            Containers     podman 4.3.1
            Python         python3 3.12.1: torch 2.5.1
            Failures       3 runs in a row
            Reason         node_failed: No space left on device
            OK
            Show nodes details successful

            """,
            run.Out
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_node_out_of_order_is_shown_with_why_and_what_it_cannot_limit()
    {
        await using var service = await FakeService.StartAsync();
        var node = new
        {
            name = "gpu8",
            pool = "default",
            gpus = 0,
            slots = 1,
            free_slots = 0,
            state = "out_of_order",
            seen_at = "2026-11-27T15:00:00.000Z",
            sandbox = "bubblewrap",
            provides = new
            {
                cpus = 8,
                memory_bytes = 64_000_000_000,
                containers_pending = true,
                unlimited = new[] { "memory", "CPUs" },
                problem = "nvidia-smi does not answer",
            },
            failures = 0,
            reason = "nvidia-smi does not answer",
        };
        service.Answer(Nodes, new { resources = new[] { node } });

        var run = await BxRun.OfAsync(service, "ml", "show", "nodes", "gpu8");

        Assert.Contains("State          out_of_order\n", run.Out);
        Assert.Contains("Containers     not tried yet\n", run.Out);
        Assert.Contains("Not_limited    memory, CPUs\n", run.Out);
        Assert.Contains("Reason         nvidia-smi does not answer\n", run.Out);
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_told()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(Nodes, Two);

        var run = await BxRun.OfAsync(service, "ml", "show", "nodes", "gpu8");

        Assert.Equal(4, run.ExitCode);
        Assert.Equal("error: There is no node 'gpu8': 'bx ml list nodes' prints those there are.\n", run.Error);
    }

    [Theory]
    [InlineData("drain", "PUT", "draining", "Runs are on it: when 'bx ml list nodes' says 'drained', they have ended.")]
    [InlineData("drain", "PUT", "drained", "No run is on it.")]
    [InlineData("undrain", "DELETE", "ready", null)]
    public async Task A_node_is_drained_and_undrained(string verb, string method, string state, string? note)
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(
            $"{method} /v3/nodes/gpu7/drain",
            new
            {
                name = "gpu7",
                pool = "default",
                gpus = 4,
                slots = 4,
                free_slots = 0,
                state,
                seen_at = "2026-11-27T15:00:00.000Z",
                failures = 0,
            }
        );

        var run = await BxRun.OfAsync(service, "ml", "nodes", verb, "gpu7");

        var (doing, done) = verb == "drain" ? ("Draining", "Drain") : ("Undraining", "Undrain");
        Assert.Equal(
            $"{doing} the node 'gpu7' ...\nOK\n{done} nodes successful\n" + (note is null ? "" : note + "\n"),
            run.Out
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_node_that_is_gone_is_removed_and_one_with_runs_is_not()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer("DELETE /v3/nodes/gpu7", new { }, 204);
        service.Refuse("DELETE /v3/nodes/gpu8", 409, "node_holds_runs", "Conflict", "Runs are on this node.");

        var removed = await BxRun.OfAsync(service, "ml", "nodes", "remove", "gpu7", "-o", "json");
        var refused = await BxRun.OfAsync(service, "ml", "nodes", "remove", "gpu8");

        Assert.Equal((0, true), (removed.ExitCode, removed.Json.GetProperty("removed").GetBoolean()));
        Assert.Equal("error: Runs are on this node.\n", refused.Error);
        Assert.NotEqual(0, refused.ExitCode);
    }

    [Fact]
    public async Task Another_key_than_the_operators_is_refused()
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse(Nodes, 403, "forbidden", "Forbidden", "Only the operator's key may do this.");

        var run = await BxRun.OfAsync(service, "ml", "list", "nodes");

        Assert.Equal((3, "error: Only the operator's key may do this.\n"), (run.ExitCode, run.Error));
    }
}
