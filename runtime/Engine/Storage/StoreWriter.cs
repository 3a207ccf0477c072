using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>
/// The one thread that writes. It takes all operations that came while the last transaction was on its way to the
/// disk and commits them as one (group commit). Where that fails because of one operation, the others are kept without
/// it; where it fails because of the storage, it is tried again until there is room, or the file turns out damaged.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    private const int DefaultMaxBatch = 4096;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ManualResetEventSlim _ending = new();
    private readonly Transactions _transactions;
    private readonly ICommitObserver? _observer;
    private readonly IStorageReports _reports;
    private readonly Thread _thread;
    private List<StoreOperation> _waiting = [];

    // Set while the storage takes no writes, for now or for good.
    private DurableStorageException? _trouble;
    private bool _stopping;
    private bool _isTroubled;

    public StoreWriter(SqliteConnection database, ICommitObserver? observer, IStorageReports reports)
    {
        _observer = observer;
        _reports = reports;
        _transactions = new Transactions(database);
        _thread = new Thread(Work) { IsBackground = true, Name = "durable-writer" };
        _thread.Start();
    }

    public void Add(StoreOperation operation)
    {
        Exception? refused;
        lock (_gate)
        {
            refused = RefusalOf(operation);
            if (refused is null)
            {
                _waiting.Add(operation);
                if (_waiting.Count == 1)
                {
                    _arrived.Release();
                }
            }
        }

        if (refused is not null)
        {
            operation.Failed(refused);
        }
    }

    /// <summary>
    /// Commits the operations queued so far and takes no more. Gives up those that the storage does not take now.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
        }

        _ending.Set();
        _arrived.Release();
        _thread.Join();
        _arrived.Dispose();
        _ending.Dispose();
    }

    private Exception? RefusalOf(StoreOperation operation)
    {
        if (_stopping)
        {
            return new DurableStorageException("The durable engine has stopped.");
        }

        return operation.HasCaller || _trouble is { IsFinal: true } ? _trouble : null;
    }

    private void Work()
    {
        while (Take() is { } batch)
        {
            foreach (var chunk in batch.Chunk(_observer?.MaxBatch ?? DefaultMaxBatch))
            {
                Commit(chunk);
            }
        }
    }

    private List<StoreOperation>? Take()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_waiting.Count > 0)
                {
                    var batch = _waiting;
                    _waiting = [];
                    return batch;
                }

                if (_stopping)
                {
                    return null;
                }
            }

            _arrived.Wait();
        }
    }

    private void Commit(StoreOperation[] batch)
    {
        var pauses = new RetryPauses();
        while (batch.Length > 0)
        {
            switch (_trouble is { IsFinal: true } final ? final : _transactions.TryCommit(batch))
            {
                case null:
                    Recovered();
                    _observer?.Committed();
                    Array.ForEach(batch, Tell);
                    return;
                case DurableStorageException { IsFinal: false } passing when !_ending.IsSet:
                    batch = Hold(batch, passing, pauses);
                    break;
                case DurableStorageException lost:
                    GiveUp(batch, lost);
                    return;
                case var bad when batch.Length == 1:
                    batch[0].Failed(bad);
                    return;
                default:
                    Array.ForEach(batch, operation => Commit([operation]));
                    return;
            }
        }
    }

    /// <summary>Fails the operations that have a caller, pauses, and returns the others for another try.</summary>
    private StoreOperation[] Hold(StoreOperation[] batch, DurableStorageException passing, RetryPauses pauses)
    {
        var held = Array.FindAll(batch, operation => !operation.HasCaller);
        lock (_gate)
        {
            // When no operation is held back, the next caller's operation is the next try.
            _trouble = held.Length > 0 ? passing : null;
        }

        var pause = held.Length > 0 ? pauses.Next() : TimeSpan.Zero;
        _isTroubled = true;
        _reports.OnStorageTrouble(passing, pause);
        foreach (var operation in batch.Where(operation => operation.HasCaller))
        {
            operation.Failed(passing);
        }

        _ending.Wait(pause);
        return held;
    }

    private void Recovered()
    {
        if (!_isTroubled)
        {
            return;
        }

        _isTroubled = false;
        lock (_gate)
        {
            _trouble = null;
        }

        _reports.OnStorageRecovered();
    }

    private void GiveUp(StoreOperation[] batch, DurableStorageException lost)
    {
        var isNews = _trouble is not { IsFinal: true };
        lock (_gate)
        {
            _trouble = lost;
        }

        Array.ForEach(batch, operation => operation.Failed(lost));
        if (isNews && lost.IsFinal)
        {
            _reports.OnStorageLost(lost);
        }
    }

    private static void Tell(StoreOperation operation)
    {
        try
        {
            operation.Committed();
        }
        catch (Exception exception)
        {
            // The change is committed. When the instance is loaded again, it finds its follow-up work in the database.
            operation.Failed(exception);
        }
    }
}
