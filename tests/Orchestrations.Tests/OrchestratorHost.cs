using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Manifests.Model;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;
using Trainyard.Tests.Shared;

namespace Trainyard.Orchestrations.Tests;

/// <summary>The orchestrator on a real engine, with scripted activities.</summary>
internal sealed class OrchestratorHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _calls = new();
    private IOrchestrationEngine? _engine;

    private OrchestratorHost() { }

    /// <summary>The activities that were called, in order, as <c>Name(what counts)</c>.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>How long each attempt was to wait in the queue.</summary>
    public ConcurrentDictionary<int, TimeSpan> Delays { get; } = new();

    /// <summary>To whom the attempt before each attempt gave way.</summary>
    public ConcurrentDictionary<int, string?> GaveWay { get; } = new();

    private readonly ManualResetEventSlim _validationMayEnd = new(initialState: true);

    public RunReason? ValidationRefusal { get; set; }

    public CancelOutcome StopOutcome { get; set; } = CancelOutcome.Signaled;

    public PlanStoringResult Plan { get; set; } = new() { Units = 1 };

    public RunReason? UnitRefusal { get; set; }

    public int Learners { get; set; } = 1;

    public TimeSpan? MaxDuration { get; set; }

    public TimeSpan? DownloadTimeout { get; set; }

    private TaskCompletionSource _storingMayEnd = Released();

    public RunId Run { get; } = RunId.New();

    public IOrchestrationEngine Engine => _engine!;

    private DurableTaskClient Client => Engine.Client;

    public static async Task<OrchestratorHost> StartAsync<TEngine>()
        where TEngine : IOrchestrationEngine, new()
    {
        var started = new OrchestratorHost { _engine = new TEngine() };
        await started.Engine.StartAsync(started.Register);
        return started;
    }

    public void HoldStoring() => _storingMayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseStoring() => _storingMayEnd.TrySetResult();

    private static TaskCompletionSource Released()
    {
        var released = new TaskCompletionSource();
        released.SetResult();
        return released;
    }

    public void HoldValidation() => _validationMayEnd.Reset();

    public void ReleaseValidation() => _validationMayEnd.Set();

    public Task SubmitAsync(RetryLimits? retries = null, params string[] notifyOn) =>
        Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(TrainingRunOrchestrator),
            new TrainingRunRequest
            {
                RunId = Run,
                Retries = retries ?? RetryLimits.Default,
                Learners = Learners,
                MaxDuration = MaxDuration,
                DownloadTimeout = DownloadTimeout,
                NotifyOn = notifyOn,
            },
            new StartOrchestrationOptions(Run.ToString())
        );

    public Task StoreAgainAsync(RunVerdict verdict) =>
        Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(StoreResultsOrchestrator),
            new StoreResultsRequest { RunId = Run, Verdict = verdict with { StoredAttempt = 1 } },
            new StartOrchestrationOptions(Run.ToString())
        );

    public Task RaiseAsync(object signal) => Client.RaiseEventAsync(Run.ToString(), signal.GetType().Name, signal);

    public Task FinishAsync(
        int attempt,
        AttemptOutcome outcome,
        int? exitCode = null,
        string? undelivered = null,
        string? cause = null
    ) =>
        RaiseAsync(
            new RunFinished
            {
                Attempt = attempt,
                Outcome = outcome,
                ExitCode = exitCode,
                Undelivered = undelivered,
                Cause = cause,
            }
        );

    public Task PreemptAsync(int attempt, string message) =>
        RaiseAsync(
            new RunFinished
            {
                Attempt = attempt,
                Outcome = AttemptOutcome.Preempted,
                Message = message,
            }
        );

    /// <summary>What became of the orchestration of a batch of a long plan.</summary>
    public async Task<OrchestrationMetadata?> BatchAsync(int batch)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await Client.GetInstanceAsync(
            StoreUnitsOrchestrator.InstanceOf(Run, batch),
            getInputsAndOutputs: true,
            patience.Token
        );
    }

    /// <summary>Waits until an activity was called.</summary>
    public Task CalledAsync(string call) =>
        Eventually.Be(call, () => _calls.Contains(call), Patience, () => string.Join(", ", _calls));

    public async Task<RunVerdict> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var ended = await Client.WaitForInstanceCompletionAsync(
            Run.ToString(),
            getInputsAndOutputs: true,
            patience.Token
        );
        Assert.True(ended.RuntimeStatus is OrchestrationRuntimeStatus.Completed, $"{ended.FailureDetails}");
        return ended.ReadOutputAs<RunVerdict>()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
        _validationMayEnd.Dispose();
    }

    private void Register(DurableTaskRegistry registry)
    {
        // A value, because the Durable analyzers look for the source of what is named here, and it is in another project.
        Func<TaskOrchestrationContext, TrainingRunRequest, Task<RunVerdict>> story = (context, _) =>
            TrainingRunOrchestrator.RunAsync(context);
        registry.AddOrchestratorFunc(nameof(TrainingRunOrchestrator), story);
        Func<TaskOrchestrationContext, StoreResultsRequest, Task<RunVerdict>> again = (context, _) =>
            StoreResultsOrchestrator.RunAsync(context);
        registry.AddOrchestratorFunc(nameof(StoreResultsOrchestrator), again);
        Func<TaskOrchestrationContext, StoreUnitsRequest, Task<StoringResult>> units = (context, _) =>
            StoreUnitsOrchestrator.RunAsync(context);
        registry.AddOrchestratorFunc(nameof(StoreUnitsOrchestrator), units);
        Add<ResetStoringRequest, object?>(registry, nameof(ResetStoring), _ => "", _ => null);
        Add<ValidateRunRequest, ValidateRunResult>(
            registry,
            nameof(ValidateRun),
            _ => "",
            _ =>
            {
                _validationMayEnd.Wait(Patience);
                return new() { Refusal = ValidationRefusal };
            }
        );
        Add<EnqueueRunRequest, object?>(
            registry,
            nameof(EnqueueRun),
            r => $"{r.Attempt}",
            r =>
            {
                Delays[r.Attempt] = r.Delay;
                GaveWay[r.Attempt] = r.GaveWay;
                return null;
            }
        );
        Add<StopAttemptRequest, StopAttemptResult>(
            registry,
            nameof(StopAttempt),
            r => $"{r.Attempt}",
            _ => new() { Outcome = StopOutcome }
        );
        Add<PlanStoringRequest, PlanStoringResult>(registry, nameof(PlanStoring), r => $"{r.Attempt}", _ => Plan);
        registry.AddActivityFunc<StoreUnitRequest, StoringResult>(
            nameof(StoreUnit),
            async (_, request) =>
            {
                _calls.Enqueue($"{nameof(StoreUnit)}({request.Unit})");
                await _storingMayEnd.Task.WaitAsync(Patience);
                return new() { Refusal = UnitRefusal };
            }
        );
        Add<CompleteUploadsRequest, StoringResult>(
            registry,
            nameof(CompleteUploads),
            r => $"{r.Page}",
            _ => new() { Refusal = UnitRefusal }
        );
        Add<CompleteStoringRequest, StoringResult>(registry, nameof(CompleteStoring), _ => "", _ => new());
        Add<NotifyOwnerRequest, object?>(registry, nameof(NotifyOwner), r => r.State, _ => null);
        Add<DestroySecretsRequest, object?>(registry, nameof(DestroySecrets), _ => "", _ => null);
        Add<FinishRunRequest, object?>(registry, nameof(FinishRun), r => $"{r.Verdict.Phase}", _ => null);
    }

    private void Add<TRequest, TResult>(
        DurableTaskRegistry registry,
        string name,
        Func<TRequest, string> detail,
        Func<TRequest, TResult> answer
    ) =>
        registry.AddActivityFunc<TRequest, TResult>(
            name,
            (_, request) =>
            {
                _calls.Enqueue($"{name}({detail(request)})");
                return answer(request);
            }
        );
}
