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

    private readonly Lock gate = new();
    private readonly SemaphoreSlim arrived = new(0);
    private readonly ManualResetEventSlim ending = new();
    private readonly Transactions transactions;
    private readonly ICommitObserver? observer;
    private readonly IStorageReports reports;
    private readonly Thread thread;
    private List<StoreOperation> waiting = [];

    // Set while the storage takes nothing: it passes, or it is the end.
    private DurableStorageException? trouble;
    private bool stopping;
    private bool isTroubled;

    public StoreWriter(SqliteConnection database, ICommitObserver? observer, IStorageReports reports)
    {
        this.observer = observer;
        this.reports = reports;
        transactions = new Transactions(database);
        thread = new Thread(Work) { IsBackground = true, Name = "durable-writer" };
        thread.Start();
    }

    public void Add(StoreOperation operation)
    {
        Exception? refused;
        lock (gate)
        {
            refused = RefusalOf(operation);
            if (refused is null)
            {
                waiting.Add(operation);
                if (waiting.Count == 1)
                {
                    arrived.Release();
                }
            }
        }

        if (refused is not null)
        {
            operation.Failed(refused);
        }
    }

    /// <summary>Commits what was given so far, and takes no more. What the storage does not take now is given up.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
        }

        ending.Set();
        arrived.Release();
        thread.Join();
        arrived.Dispose();
        ending.Dispose();
    }

    private Exception? RefusalOf(StoreOperation operation)
    {
        if (stopping)
        {
            return new DurableStorageException("The durable engine has stopped.");
        }

        return operation.HasCaller || trouble is { IsFinal: true } ? trouble : null;
    }

    private void Work()
    {
        while (Take() is { } batch)
        {
            foreach (var chunk in batch.Chunk(observer?.MaxBatch ?? DefaultMaxBatch))
            {
                Commit(chunk);
            }
        }
    }

    private List<StoreOperation>? Take()
    {
        while (true)
        {
            lock (gate)
            {
                if (waiting.Count > 0)
                {
                    var batch = waiting;
                    waiting = [];
                    return batch;
                }

                if (stopping)
                {
                    return null;
                }
            }

            arrived.Wait();
        }
    }

    private void Commit(StoreOperation[] batch)
    {
        var pauses = new Pauses();
        while (batch.Length > 0)
        {
            switch (trouble is { IsFinal: true } final ? final : transactions.TryCommit(batch))
            {
                case null:
                    Recovered();
                    observer?.Committed();
                    Array.ForEach(batch, Tell);
                    return;
                case DurableStorageException { IsFinal: false } passing when !ending.IsSet:
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

    /// <summary>Tells who can be told, waits, and leaves what is to be tried again.</summary>
    private StoreOperation[] Hold(StoreOperation[] batch, DurableStorageException passing, Pauses pauses)
    {
        var held = Array.FindAll(batch, operation => !operation.HasCaller);
        lock (gate)
        {
            // Where nothing is held, the next caller is the next try.
            trouble = held.Length > 0 ? passing : null;
        }

        var pause = held.Length > 0 ? pauses.Next() : TimeSpan.Zero;
        isTroubled = true;
        reports.OnStorageTrouble(passing, pause);
        foreach (var operation in batch.Where(operation => operation.HasCaller))
        {
            operation.Failed(passing);
        }

        ending.Wait(pause);
        return held;
    }

    private void Recovered()
    {
        if (!isTroubled)
        {
            return;
        }

        isTroubled = false;
        lock (gate)
        {
            trouble = null;
        }

        reports.OnStorageRecovered();
    }

    private void GiveUp(StoreOperation[] batch, DurableStorageException lost)
    {
        var isNews = trouble is not { IsFinal: true };
        lock (gate)
        {
            trouble = lost;
        }

        Array.ForEach(batch, operation => operation.Failed(lost));
        if (isNews && lost.IsFinal)
        {
            reports.OnStorageLost(lost);
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
            // What it was to set going is found in the database when it is taken up again.
            operation.Failed(exception);
        }
    }
}
