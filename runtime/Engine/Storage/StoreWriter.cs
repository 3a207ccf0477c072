namespace Trainyard.Runtime.Engine.Storage;

/// <summary>
/// The one thread that writes. It takes all operations that came while the last transaction was on its way to the
/// disk and commits them as one (group commit). The first failure ends it: what comes after may build on what was lost.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    private const int DefaultMaxBatch = 4096;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim arrived = new(0);
    private readonly Database database;
    private readonly StoreSession session;
    private readonly ICommitObserver? observer;
    private readonly Action<Exception> onFailure;
    private readonly Thread thread;
    private List<StoreOperation> waiting = [];
    private Exception? failure;
    private bool stopping;

    public StoreWriter(Database database, ICommitObserver? observer, Action<Exception> onFailure)
    {
        this.database = database;
        this.observer = observer;
        this.onFailure = onFailure;
        session = new StoreSession(database);
        thread = new Thread(Work) { IsBackground = true, Name = "durable-writer" };
        thread.Start();
    }

    public void Add(StoreOperation operation)
    {
        Exception? refused;
        lock (gate)
        {
            refused = failure ?? (stopping ? new DurableStorageException("The durable engine has stopped.") : null);
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

    /// <summary>Commits what was given so far, and takes no more.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
        }

        arrived.Release();
        thread.Join();
        arrived.Dispose();
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
        if (failure is null)
        {
            try
            {
                database.Execute("BEGIN IMMEDIATE");
                foreach (var operation in batch)
                {
                    operation.Apply(session);
                }

                database.Execute("COMMIT");
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        }

        if (failure is { } lost)
        {
            Array.ForEach(batch, operation => operation.Failed(lost));
            return;
        }

        observer?.Committed();
        Array.ForEach(batch, operation => operation.Committed());
    }

    private void Fail(Exception exception)
    {
        lock (gate)
        {
            failure = exception;
        }

        try
        {
            database.Execute("ROLLBACK");
        }
        catch (DurableStorageException)
        {
            // SQLite has already rolled back; the first failure is the one worth telling.
        }

        onFailure(exception);
    }
}
