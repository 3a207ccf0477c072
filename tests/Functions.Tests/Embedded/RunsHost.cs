using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Backends;
using Trainyard.Backends.ObjectStores;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Secrets;
using Trainyard.Orchestrations;
using Trainyard.Runtime.Engine;
using Trainyard.Tests.Shared;

namespace Trainyard.Functions.Tests;

/// <summary>The functions with the real embedded stores, and the embedded engine with a test orchestration.</summary>
internal sealed class RunsHost : IAsyncDisposable
{
    private const string End = nameof(End);

    private readonly TemporaryFolder _home = new();
    private readonly ServiceProvider _services;
    private readonly IHost _engine;

    private RunsHost()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    [StateFolder.ConfigurationKey] = _home.Path,
                    ["Pool:StartAgent"] = "false",
                }
            )
            .Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddTrainyard(configuration)
            .AddBackends(configuration, BackendKind.Embedded)
            .AddObjectStores(configuration)
            .BuildServiceProvider();
        _engine = BuildEngine(Path.Combine(_home.Path, "engine"));
        Client = new HostLikeClient(_engine.Services.GetRequiredService<DurableTaskClient>());
    }

    public ManualTime Time { get; } = new();

    public HostLikeClient Client { get; }

    public IDispatchQueue Queue => Get<IDispatchQueue>();

    public PoolOptions Pool => Get<PoolOptions>();

    public static async Task<RunsHost> StartAsync()
    {
        var started = new RunsHost();
        await started._engine.StartAsync();
        return started;
    }

    public IServiceProvider Services => _services;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public T Make<T>() => ActivatorUtilities.CreateInstance<T>(_services);

    /// <summary>Creates a queued run with its secrets and its orchestration.</summary>
    public async Task<TrainingRun> QueuedAsync(string owner = "jean", int nodes = 1)
    {
        var run = await AcceptedAsync(owner);
        await StartOrchestrationAsync(run.Id);
        await Get<RunProgress>().BeginAttemptAsync(run.Id, 1, reason: null, default);
        var entry = new DispatchEntry
        {
            RunId = run.Id,
            Attempt = 1,
            Owner = run.Owner,
            Pool = Pool.Name,
            Needs = new RunNeeds { Gpus = 0 },
            Nodes = nodes,
        };
        await Queue.EnqueueAsync(entry, default);
        return await RecordAsync(run.Id);
    }

    /// <summary>Creates a run whose orchestration has not been started.</summary>
    public async Task<TrainingRun> AcceptedAsync(string owner = "jean")
    {
        var run = SampleRuns.New(Time.GetUtcNow(), owner);
        await Get<IRunStore>().CreateAsync(run, default);
        await Get<ISecretStore>().PutAsync(run.Submission, RunSecrets.None, default);
        return run;
    }

    /// <summary>Leases the waiting run to a node of four slots.</summary>
    public async Task<LeaseKey> LeaseAsync(params HeldLease[] holds)
    {
        var offer = new NodeOffer
        {
            Node = "node-1",
            Pool = Pool.Name,
            Gpus = 0,
            Slots = 4,
            FreeSlots = 4 - holds.Length,
            Holds = holds,
        };
        var lease = await Queue.LeaseAsync(offer, TimeSpan.Zero, default);
        await Get<RunProgress>().MoveAsync(lease!.RunId, RunPhase.Processing, reason: null, default);
        return new LeaseKey(lease.RunId, lease.Attempt, lease.Token);
    }

    /// <summary>Leases the waiting run to as many nodes as it takes, in the order of its learners.</summary>
    public async Task<LeaseKey[]> LeaseAllAsync(int nodes)
    {
        var polls = Enumerable
            .Range(1, nodes)
            .Select(i =>
                Queue.LeaseAsync(
                    new NodeOffer
                    {
                        Node = $"node-{i}",
                        Pool = Pool.Name,
                        Gpus = 0,
                        Slots = 4,
                        FreeSlots = 4,
                    },
                    TimeSpan.FromSeconds(30),
                    default
                )
            );
        var leases = await Task.WhenAll(polls).WaitAsync(TimeSpan.FromSeconds(20));
        return
        [
            .. leases
                .OrderBy(lease => lease!.Learner)
                .Select(lease => new LeaseKey(lease!.RunId, lease.Attempt, lease.Token)),
        ];
    }

    /// <summary>Advances the time while the service runs: it looks for expired leases every five seconds.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(5))
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            await Queue.TakeExpiredAsync(default);
        }
    }

    public async Task<TrainingRun> RecordAsync(RunId id) => (await Get<IRunStore>().GetAsync(id, default))!.Run;

    public async Task StartOrchestrationAsync(RunId id)
    {
        await Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(TrainingRunOrchestrator),
            input: null,
            new StartOrchestrationOptions(id.ToString())
        );
        await Client.WaitForInstanceStartAsync(id.ToString());
    }

    /// <summary>Brings the orchestration into the state that a test needs.</summary>
    public async Task BreakAsync(RunId id, string fate)
    {
        var instance = id.ToString();
        if (fate is "terminated" or "gone")
        {
            await Client.TerminateInstanceAsync(instance, "by hand");
        }
        else
        {
            await Client.RaiseEventAsync(instance, End, fate);
        }
        await Client.WaitForInstanceCompletionAsync(instance);
        if (fate == "gone")
        {
            await Client.PurgeInstanceAsync(instance);
        }
    }

    /// <summary>
    /// Waits for the test orchestration to end, and returns the lost node and attempt that it was told of.
    /// </summary>
    public async Task<string> HeardOfAsync(RunId id)
    {
        var ended = await Client.WaitForInstanceCompletionAsync(id.ToString(), getInputsAndOutputs: true);
        return ended.ReadOutputAs<string>()!;
    }

    public static HttpRequest Request(Caller caller, string body = "")
    {
        var context = new DefaultHttpContext();
        caller.AttachTo(context);
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return context.Request;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.StopAsync();
        _engine.Dispose();
        await _services.DisposeAsync();
        _home.Dispose();
    }

    private static IHost BuildEngine(string folder)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        Func<TaskOrchestrationContext, Task<string>> waiting = async context =>
        {
            var lost = context.WaitForExternalEvent<NodeLost>(NodeLost.Name);
            var end = context.WaitForExternalEvent<string>(End);
            if (await Task.WhenAny(lost, end) == lost)
            {
                return $"{lost.Result.Node}/{lost.Result.Attempt}";
            }
            return end.Result == "failed" ? throw new InvalidOperationException("broken") : "";
        };
        builder.Services.AddDurableEngine(
            tasks => tasks.AddOrchestratorFunc(nameof(TrainingRunOrchestrator), waiting),
            new DurableEngineOptions { StatePath = folder }
        );
        return builder.Build();
    }
}
