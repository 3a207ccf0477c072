using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>The running engine, which connects its parts.</summary>
internal sealed partial class DurableEngine : IStorageReports, IAsyncDisposable
{
    private readonly StateLock _stateLock;
    private readonly SqliteConnection _database;
    private readonly ActivityDispatcher _activities;
    private readonly EngineMeters _meters;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Action _onStorageFailure;

    /// <exception cref="DurableStorageException">The state folder cannot be used; nothing was changed.</exception>
    public DurableEngine(
        DurableEngineOptions options,
        ExecutionServices services,
        TimeProvider clock,
        ICommitObserver? observer,
        Action onStorageFailure
    )
    {
        Options = options;
        Services = services;
        _clock = clock;
        _onStorageFailure = onStorageFailure;
        _logger = services.LoggerFactory.CreateLogger("Trainyard.Durable");
        Directory.CreateDirectory(options.StatePath);
        var path = Path.Combine(options.StatePath, $"{options.HubName}.db");
        _stateLock = StateLock.Take(Path.ChangeExtension(path, ".lock"));
        try
        {
            _database = Schema.Open(path);
        }
        catch
        {
            _stateLock.Dispose();
            throw;
        }

        Reader = new StoreReader(path);
        Scheduler = new LimitedQueue<Instance>(
            options.MaxConcurrentOrchestratorFunctions,
            instance =>
            {
                instance.Run();
                return Task.CompletedTask;
            },
            OnUnexpected,
            // Queued instances may hold the results of the last activities.
            finishesReady: true
        );
        _activities = new ActivityDispatcher(services, options.MaxConcurrentActivityFunctions, OnUnexpected);
        Instances = new InstanceDirectory(this, options.MaxWaitingInMemory);
        Timers = new TimerIndex(clock, Instances.Wake);
        Writer = new StoreWriter(_database, observer, this);
        _meters = new EngineMeters(this, _activities);
    }

    public DurableEngineOptions Options { get; }

    public ExecutionServices Services { get; }

    public StoreReader Reader { get; }

    public StoreWriter Writer { get; }

    /// <summary>Instances that may take a step.</summary>
    public LimitedQueue<Instance> Scheduler { get; }

    public InstanceDirectory Instances { get; }

    public TimerIndex Timers { get; }

    public InstanceFailures Failures { get; } = new();

    public StatusWaiters Waiters { get; } = new();

    public DateTime Now => _clock.GetUtcNow().UtcDateTime;

    /// <summary>Resumes the instances that were unfinished when the last process ended.</summary>
    public void Recover()
    {
        var (timers, busy) = Reader.Read(session => session.Unfinished());
        timers.ForEach(timer => Timers.Set(timer.Seq, timer.Due));
        busy.ForEach(Instances.Wake);
        LogRecovered(_logger, busy.Count, timers.Count);
    }

    public void Dispatch(
        Instance caller,
        InstanceRecord record,
        int generation,
        IEnumerable<ActivityScheduled> scheduled
    )
    {
        foreach (var activity in scheduled)
        {
            _activities.Add(new ActivityCall(caller, record.Id, generation, activity));
        }
    }

    /// <summary>
    /// Reloads the instance from the database after a pause. An instance that keeps failing ends as failed, and its
    /// waiting clients and parent get that result.
    /// </summary>
    public void OnInstanceFailure(Instance instance, Exception exception)
    {
        instance.Lose();
        var count = Failures.Count(instance.Seq);
        // Storage that cannot be read is no fault of the instance.
        if (
            count < InstanceFailures.MostTries
            || exception is DurableStorageException
            || !TryGiveUp(instance, exception)
        )
        {
            var pause = InstanceFailures.PauseAfter(count);
            Timers.Set(instance.Seq, Now + pause);
            LogInstanceFailed(_logger, exception, instance.Seq, count, pause.TotalSeconds);
        }
    }

    /// <summary>Lets running activities end, as long as the token allows, and keeps their results.</summary>
    public async Task DrainAsync(CancellationToken patience)
    {
        await _activities.StopAsync(patience);
        await Scheduler.StopAsync(patience);
    }

    public ValueTask DisposeAsync()
    {
        _meters.Dispose();
        Timers.Dispose();
        Writer.Dispose();
        Waiters.FailAll(new DurableStorageException("The durable engine has stopped."));
        Reader.Dispose();
        _database.Dispose();
        _stateLock.Dispose();
        return ValueTask.CompletedTask;
    }

    void IStorageReports.OnStorageTrouble(DurableStorageException trouble, TimeSpan pause) =>
        LogStorageTrouble(_logger, trouble.Message, pause.TotalSeconds);

    void IStorageReports.OnStorageRecovered() => LogStorageRecovered(_logger);

    void IStorageReports.OnStorageLost(DurableStorageException trouble)
    {
        LogStorageLost(_logger, trouble);
        Waiters.FailAll(trouble);
        _onStorageFailure();
    }

    public void OnUnexpected(Exception exception) => LogUnexpected(_logger, exception);

    private bool TryGiveUp(Instance instance, Exception exception)
    {
        try
        {
            if (Reader.Read(session => session.Instance(instance.Seq)) is not { State.HasEnded: false } found)
            {
                return true;
            }

            var failure = TaskFailureDetails.FromException(exception);
            var ended = found.State with
            {
                Status = OrchestrationRuntimeStatus.Failed,
                UpdatedAt = Now,
                Busy = 0,
                NextDue = null,
            };
            var ending = new Ending { Failure = failure, Answer = failure };
            LogGaveUp(_logger, exception, found.Record.Id);
            Writer.Add(
                new CommitStep(this, new Instance(instance.Seq, this), found.Record, new([], ended) { End = ending })
                {
                    StatusChanged = true,
                    TurnIndex = 0,
                    Generation = found.State.Generation,
                }
            );
            return true;
        }
        catch (Exception unreadable)
        {
            LogUnreadable(_logger, unreadable, instance.Seq);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Durable engine: {Busy} instances go on, {Timers} wait for a time")]
    private static partial void LogRecovered(ILogger logger, int busy, int timers);

    [LoggerMessage(2, LogLevel.Critical, "Durable engine: the storage failed; nothing more is accepted")]
    private static partial void LogStorageLost(ILogger logger, Exception exception);

    [LoggerMessage(
        3,
        LogLevel.Error,
        "Durable engine: instance #{Seq} failed, {Count} times now; it is taken up again in {Seconds} s"
    )]
    private static partial void LogInstanceFailed(
        ILogger logger,
        Exception exception,
        long seq,
        int count,
        double seconds
    );

    [LoggerMessage(
        4,
        LogLevel.Error,
        "Durable engine: nothing new is accepted, and what runs waits: {Trouble} It is tried again in {Seconds} s"
    )]
    private static partial void LogStorageTrouble(ILogger logger, string trouble, double seconds);

    [LoggerMessage(5, LogLevel.Information, "Durable engine: the storage takes what waited; all goes on")]
    private static partial void LogStorageRecovered(ILogger logger);

    [LoggerMessage(6, LogLevel.Critical, "Durable engine: {InstanceId} keeps failing and is ended as failed")]
    private static partial void LogGaveUp(ILogger logger, Exception exception, string instanceId);

    [LoggerMessage(8, LogLevel.Critical, "Durable engine: a defect; the engine goes on")]
    private static partial void LogUnexpected(ILogger logger, Exception exception);

    [LoggerMessage(7, LogLevel.Error, "Durable engine: instance #{Seq} cannot be read")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, long seq);
}
