using Trainyard.Runtime.Engine;
using Trainyard.Runtime.Engine.Storage;
using Trainyard.Storage.Sqlite;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Durable.Engine;

/// <summary>The writer outlives what it is given.</summary>
public sealed class StoreWriterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly SqliteConnection database;
    private readonly StoreWriter writer;

    public StoreWriterTests()
    {
        database = Schema.Open(folder.File("state.db"));
        database.Execute("CREATE TABLE notes (text TEXT NOT NULL UNIQUE)");
        writer = new StoreWriter(database, observer: null, new NoTrouble());
    }

    public static TheoryData<string> Defects => ["throws", "breaks a rule of the database", "throws when it is told"];

    [Theory]
    [MemberData(nameof(Defects))]
    public async Task A_bad_operation_takes_none_of_its_batch_with_it(string defect)
    {
        using var full = new ManualResetEventSlim();
        var first = new Note("first") { Before = full.Wait };
        var bad = new Note("bad") { Before = Fault(defect), After = defect == "throws when it is told" ? Throw : null };
        Note[] good = [new("second"), new("third")];

        Add(first, good[0], bad, good[1]);
        full.Set();

        var failure = await bad.Done.WaitAsync(Patience);
        Assert.IsType<InvalidOperationException>(failure);
        Assert.All([first, .. good], note => Assert.Null(note.Done.WaitAsync(Patience).GetAwaiter().GetResult()));
        Assert.Equal(defect == "throws when it is told" ? 4 : 3, Count());
    }

    [Fact]
    public async Task It_goes_on_after_a_bad_operation()
    {
        Add(new Note("bad") { Before = Throw });
        var later = new Note("later");

        Add(later);

        Assert.Null(await later.Done.WaitAsync(Patience));
        Assert.Equal(1, Count());
    }

    public void Dispose()
    {
        writer.Dispose();
        database.Dispose();
        folder.Dispose();
    }

    private void Add(params Note[] notes) => Array.ForEach(notes, note => writer.Add(note.In(database)));

    private long Count()
    {
        using var reader = SqliteConnection.Open(folder.File("state.db"), readOnly: true);
        return reader.ReadNumber("SELECT count(*) FROM notes");
    }

    private Action? Fault(string defect) =>
        defect switch
        {
            "throws" => Throw,
            "breaks a rule of the database" => () => database.Execute("INSERT INTO notes VALUES (NULL)"),
            _ => null,
        };

    private static void Throw() => throw new InvalidOperationException("a defect");

    private sealed class NoTrouble : IStorageReports
    {
        public void OnStorageTrouble(DurableStorageException trouble, TimeSpan pause) => Assert.Fail($"{trouble}");

        public void OnStorageRecovered() => Assert.Fail("There was no trouble.");

        public void OnStorageLost(DurableStorageException trouble) => Assert.Fail($"{trouble}");
    }

    private sealed class Note(string text) : StoreOperation
    {
        private readonly TaskCompletionSource<Exception?> done = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private SqliteConnection? database;

        public Action? Before { get; init; }

        public Action? After { get; init; }

        public Task<Exception?> Done => done.Task;

        public Note In(SqliteConnection one)
        {
            database = one;
            return this;
        }

        public override void Apply(StoreSession session)
        {
            Before?.Invoke();
            database!.Execute($"INSERT INTO notes VALUES ('{text}')");
        }

        public override void Committed()
        {
            After?.Invoke();
            done.TrySetResult(null);
        }

        public override void Failed(Exception exception) => done.TrySetResult(exception);
    }
}
