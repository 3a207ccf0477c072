using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>The running engine: its parts, and how they find each other.</summary>
internal sealed partial class DurableEngine : IAsyncDisposable
{
    private readonly StateLock stateLock;
    private readonly Database database;
    private readonly ActivityDispatcher activities;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Action onStorageFailure;

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
        this.clock = clock;
        this.onStorageFailure = onStorageFailure;
        logger = services.LoggerFactory.CreateLogger("Trainyard.Durable");
        Directory.CreateDirectory(options.StatePath);
        var path = Path.Combine(options.StatePath, $"{options.HubName}.db");
        stateLock = StateLock.Take(Path.ChangeExtension(path, ".lock"));
        try
        {
            Schema.RefuseNewer(path);
            database = Database.Open(path, readOnly: false);
            Schema.Prepare(database);
        }
        catch
        {
            database?.Dispose();
            stateLock.Dispose();
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
            // The last activities' results are among them.
            finishesReady: true
        );
        activities = new ActivityDispatcher(services, options.MaxConcurrentActivityFunctions);
        Instances = new InstanceDirectory(this, options.MaxWaitingInMemory);
        Timers = new TimerIndex(clock, Instances.Wake);
        Writer = new StoreWriter(database, observer, OnStorageFailure);
    }

    public DurableEngineOptions Options { get; }

    public ExecutionServices Services { get; }

    public StoreReader Reader { get; }

    public StoreWriter Writer { get; }

    /// <summary>Instances that may take a step.</summary>
    public LimitedQueue<Instance> Scheduler { get; }

    public InstanceDirectory Instances { get; }

    public TimerIndex Timers { get; }

    public StatusWaiters Waiters { get; } = new();

    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Takes up what was unfinished when the last process ended.</summary>
    public void Recover()
    {
        var (timers, busy) = Reader.Read(session => session.Unfinished());
        timers.ForEach(timer => Timers.Set(timer.Seq, timer.Due));
        busy.ForEach(Instances.Wake);
        LogRecovered(logger, busy.Count, timers.Count);
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
            activities.Add(new ActivityCall(caller, record.Id, generation, activity));
        }
    }

    public void OnInstanceFailure(long seq, Exception exception) => LogInstanceFailed(logger, exception, seq);

    /// <summary>Lets running activities end, as long as the token allows, and keeps their results.</summary>
    public async Task DrainAsync(CancellationToken patience)
    {
        await activities.StopAsync(patience);
        await Scheduler.StopAsync(patience);
    }

    public ValueTask DisposeAsync()
    {
        Timers.Dispose();
        Writer.Dispose();
        Waiters.FailAll(new DurableStorageException("The durable engine has stopped."));
        Reader.Dispose();
        database.Dispose();
        stateLock.Dispose();
        return ValueTask.CompletedTask;
    }

    private void OnStorageFailure(Exception exception)
    {
        LogStorageFailed(logger, exception);
        Waiters.FailAll(exception);
        onStorageFailure();
    }

    [LoggerMessage(1, LogLevel.Information, "Durable engine: {Busy} instances go on, {Timers} wait for a time")]
    private static partial void LogRecovered(ILogger logger, int busy, int timers);

    [LoggerMessage(2, LogLevel.Critical, "Durable engine: the storage failed; nothing more is accepted")]
    private static partial void LogStorageFailed(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Error, "Durable engine: instance #{Seq} cannot go on")]
    private static partial void LogInstanceFailed(ILogger logger, Exception exception, long seq);
}
